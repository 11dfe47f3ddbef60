CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);

CREATE TABLE IF NOT EXISTS orders (
  order_id TEXT PRIMARY KEY, platform TEXT NOT NULL, sku TEXT NOT NULL, title TEXT NOT NULL,
  phone TEXT NOT NULL, open_id TEXT NOT NULL, quantity INTEGER NOT NULL, uses INTEGER NOT NULL,
  paid_fen INTEGER NOT NULL, original_fen INTEGER NOT NULL,
  state TEXT NOT NULL DEFAULT 'available',
  paid_at REAL NOT NULL, updated_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS orders_by_payment ON orders (platform, paid_at, order_id);
CREATE INDEX IF NOT EXISTS orders_by_update ON orders (platform, updated_at, order_id);

CREATE TABLE IF NOT EXISTS certificates (
  certificate_id TEXT PRIMARY KEY, platform TEXT NOT NULL, order_id TEXT NOT NULL,
  position INTEGER NOT NULL, code TEXT NOT NULL, qr_id TEXT NOT NULL, sku TEXT NOT NULL,
  uses INTEGER NOT NULL, used INTEGER NOT NULL DEFAULT 0,
  paid_fen INTEGER NOT NULL, original_fen INTEGER NOT NULL,
  starts_at REAL NOT NULL, ends_at REAL NOT NULL, venues TEXT NOT NULL,
  refund TEXT NOT NULL DEFAULT '', refund_fen INTEGER NOT NULL DEFAULT 0, refunded_at REAL,
  updated_at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS certificates_by_order ON certificates (order_id, position);
CREATE UNIQUE INDEX IF NOT EXISTS certificates_by_code ON certificates (platform, code);

CREATE TABLE IF NOT EXISTS retired_codes (
  code TEXT PRIMARY KEY, certificate_id TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS qr_codes (
  qr_id TEXT PRIMARY KEY, certificate_id TEXT NOT NULL, dead INTEGER NOT NULL DEFAULT 0);
CREATE INDEX IF NOT EXISTS qr_codes_by_certificate ON qr_codes (certificate_id);

CREATE TABLE IF NOT EXISTS uses (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, verify_id TEXT NOT NULL UNIQUE,
  platform TEXT NOT NULL, certificate_id TEXT NOT NULL, code TEXT NOT NULL, key TEXT NOT NULL,
  venue INTEGER NOT NULL, serial INTEGER NOT NULL, amount_fen INTEGER NOT NULL,
  operator TEXT NOT NULL, operator_name TEXT NOT NULL, at REAL NOT NULL, cancelled_at REAL);
CREATE INDEX IF NOT EXISTS uses_by_certificate ON uses (certificate_id, seq);
CREATE INDEX IF NOT EXISTS uses_by_time ON uses (platform, at);

CREATE TABLE IF NOT EXISTS answers (
  scope TEXT NOT NULL, key TEXT NOT NULL, request TEXT NOT NULL, response TEXT NOT NULL,
  at REAL NOT NULL, PRIMARY KEY (scope, key));
CREATE TABLE IF NOT EXISTS prepares (
  verify_token TEXT PRIMARY KEY, order_id TEXT NOT NULL, codes TEXT NOT NULL, at REAL NOT NULL);

CREATE TABLE IF NOT EXISTS tokens (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, token TEXT NOT NULL UNIQUE, owner TEXT NOT NULL,
  kind TEXT NOT NULL, issued_at REAL NOT NULL, expires_at REAL NOT NULL, note TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS tokens_by_owner ON tokens (owner, kind, seq);

CREATE TABLE IF NOT EXISTS requests (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, platform TEXT NOT NULL,
  method TEXT NOT NULL, path TEXT NOT NULL, status INTEGER NOT NULL, fault TEXT NOT NULL);
CREATE INDEX IF NOT EXISTS requests_by_time ON requests (at);

CREATE TABLE IF NOT EXISTS callbacks (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, url TEXT NOT NULL,
  headers TEXT NOT NULL, body BLOB NOT NULL, created_at REAL NOT NULL, due_at REAL,
  attempts INTEGER NOT NULL DEFAULT 0, answer TEXT NOT NULL DEFAULT '');
CREATE INDEX IF NOT EXISTS callbacks_due ON callbacks (due_at);

CREATE TABLE IF NOT EXISTS login_codes (
  code TEXT NOT NULL, platform TEXT NOT NULL, use TEXT NOT NULL, openid TEXT NOT NULL,
  phone TEXT NOT NULL, expires_at REAL NOT NULL, spent INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (code, use));
CREATE TABLE IF NOT EXISTS sessions (
  platform TEXT NOT NULL, openid TEXT NOT NULL, session_key TEXT NOT NULL,
  PRIMARY KEY (platform, openid));
CREATE TABLE IF NOT EXISTS consents (
  platform TEXT NOT NULL, openid TEXT NOT NULL, template_id TEXT NOT NULL,
  count INTEGER NOT NULL, PRIMARY KEY (platform, openid, template_id));
CREATE TABLE IF NOT EXISTS pushed (
  seq INTEGER PRIMARY KEY AUTOINCREMENT, platform TEXT NOT NULL, receiver TEXT NOT NULL,
  body TEXT NOT NULL, at REAL NOT NULL);

CREATE TABLE IF NOT EXISTS messages (
  id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, channel TEXT NOT NULL,
  userid TEXT NOT NULL, sender TEXT NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
  task_id TEXT NOT NULL DEFAULT '', state TEXT NOT NULL DEFAULT '', at REAL NOT NULL);
CREATE INDEX IF NOT EXISTS messages_by_seq ON messages (channel, userid, seq);
CREATE INDEX IF NOT EXISTS messages_by_task ON messages (channel, task_id);
CREATE TABLE IF NOT EXISTS response_codes (
  code TEXT PRIMARY KEY, task_id TEXT NOT NULL, expires_at REAL NOT NULL,
  spent INTEGER NOT NULL DEFAULT 0);
