"""Settings, read once from the environment and checked before anything starts."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, get_args
from urllib.parse import quote, urlsplit

from marshmallow.validate import OneOf, Range

from core import settings_checks as check
from core.clock import DEFAULT_ZONE
from core.demo_keys import demo_keys, kept_demo_values
from core.environment import Environment, Variable, group, secret_values, variable, variables

Mode = Literal["demo", "production", "test"]


class SettingsError(Exception):
    """Variables are missing or wrong; `problems` has a line for each, saying what to do."""

    def __init__(self, problems: list[str]) -> None:
        self.problems = problems
        super().__init__("\n".join(["These settings are wrong:", *problems]))


@dataclass(frozen=True, kw_only=True)
class WeCom:
    """A self-built WeCom app: the staff's chat."""

    corpid: str = variable("CORPID", "WeCom: company id (企业ID)")
    agentid: str = variable("AGENTID", "WeCom: app id (AgentId)", check=check.digits)
    secret: str = variable("SECRET", "WeCom: app secret", secret=True)
    token: str = variable("TOKEN", "WeCom: callback token", secret=True)
    aes_key: str = variable("AES_KEY", "WeCom: EncodingAESKey, 43 characters", secret=True,
                            check=check.aes_key)


@dataclass(frozen=True, kw_only=True)
class OfficialAccount:
    """A WeChat official account (服务号): staff chat and notices."""

    appid: str = variable("APPID", "Official account: AppID")
    secret: str = variable("SECRET", "Official account: AppSecret", secret=True)
    token: str = variable("TOKEN", "Official account: callback token", secret=True)
    aes_key: str = variable("AES_KEY", "Official account: EncodingAESKey, 43 characters; empty: "
                            "plain mode", secret=True, check=check.aes_key, default="")
    template_id: str = variable(
        "TEMPLATE_ID", "Official account: template of notices to staff silent for 48 hours; "
        "empty: they become tasks", default="")
    template_fields: tuple[str, ...] = variable(
        "TEMPLATE_FIELDS", "Official account: its fields for what, details and time",
        default=("thing1", "thing2", "time3"), kind="list", shown="`thing1,thing2,time3`")


@dataclass(frozen=True, kw_only=True)
class MiniProgram:
    """A WeChat or Douyin mini-program: the member's door."""

    appid: str = variable("APPID", "Mini-program: AppID")
    secret: str = variable("SECRET", "Mini-program: AppSecret", secret=True)
    template_id: str = variable("TEMPLATE_ID", "Mini-program: notice template; empty: no notices",
                                default="")


@dataclass(frozen=True, kw_only=True)
class DouyinMiniProgram(MiniProgram):
    """Douyin encrypts a phone number for a key of ours, registered at its console."""

    phone_key: str = variable("PHONE_KEY", "Douyin mini-program: private RSA key (PEM) for phone "
                              "numbers; empty: numbers by encrypted data only", secret=True,
                              check=check.rsa_key, default="")


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between a laptop, a test and a chain of shops. Times in seconds."""

    mode: Mode = variable("HX_MODE", "`demo`, `production` or `test`", default="production",
                          check=OneOf(get_args(Mode)))
    host: str = variable("HOST", "address to listen on", default="127.0.0.1")
    port: int = variable("PORT", "port of pages and API", default=8000, kind="int",
                         check=Range(1, 65535))
    sandbox_port: int = variable("SANDBOX_PORT", "port of the platform sandbox (demo)",
                                 default=8001, kind="int", check=Range(1, 65535))
    public_url: str = variable("PUBLIC_URL", "how phones and platforms reach us; https in "
                               "production", check=check.web_url,
                               shown="demo: `http://127.0.0.1:PORT`")
    trusted_proxies: int = variable("TRUSTED_PROXIES", "reverse proxies in front whose "
                                    "X-Forwarded-For counts", default=0, kind="int",
                                    check=Range(0, 5))
    web_processes: int = variable("WEB_PROCESSES", "processes that serve pages and API: one for "
                                  "each core that is to work for them", default=2, kind="int",
                                  check=Range(1, 32))
    web_threads: int = variable("WEB_THREADS", "requests that each of them serves at once",
                                default=12, kind="int",
                                check=Range(1, 256))
    data_dir: Path = variable("DATA_DIR", "folder of the embedded database and Redis",
                              default=Path("var"), kind="path")
    database_url: str = variable("DATABASE_URL", "`sqlite:///…`, `mysql://…`, `postgresql://…`",
                                 check=check.database_url, secret=True,
                                 shown="`sqlite:///DATA_DIR/hexiaotai.db`")
    redis_url: str | None = variable("REDIS_URL", "`redis://…`; empty: an embedded server is "
                                     "started", default=None, check=check.redis_url, secret=True)
    secret_keys: tuple[str, ...] = variable(
        "SECRET_KEYS", "Fernet keys, comma separated; the first encrypts, all decrypt; made by "
        "`app.py new-keys`", kind="list", check=check.fernet_keys, secret=True)
    data_key: str = variable(
        "DATA_KEY", "base64 of 64 random bytes; finds encrypted codes and phones; never changes; "
        "made by `app.py new-keys`", check=check.data_key, secret=True)
    session_key: str = variable(
        "SESSION_KEY", "signs the passes that members show; 32 characters or more; made by "
        "`app.py new-keys`", check=check.long_enough, secret=True)
    zone: str = variable("ZONE", "time zone of a venue that names none", default=DEFAULT_ZONE,
                         check=check.zone_name)
    meituan_base_url: str = variable(
        "MEITUAN_BASE_URL", "Meituan's API", check=check.web_url,
        shown="`https://api-open-cater.meituan.com`; demo: the sandbox")
    meituan_pages_url: str = variable(
        "MEITUAN_PAGES_URL", "where merchants authorise us at Meituan", check=check.web_url,
        shown="`https://open-erp.meituan.com`; demo: the sandbox")
    douyin_base_url: str = variable(
        "DOUYIN_BASE_URL", "Douyin's life-service API", check=check.web_url,
        shown="`https://open.douyin.com`; demo: the sandbox")
    douyin_mini_base_url: str = variable(
        "DOUYIN_MINI_BASE_URL", "Douyin's mini-program API", check=check.web_url,
        shown="`https://developer.toutiao.com`; demo: the sandbox")
    wecom_base_url: str = variable(
        "WECOM_BASE_URL", "WeCom's API", check=check.web_url,
        shown="`https://qyapi.weixin.qq.com`; demo: the sandbox")
    wechat_base_url: str = variable(
        "WECHAT_BASE_URL", "WeChat's API", check=check.web_url,
        shown="`https://api.weixin.qq.com`; demo: the sandbox")
    short_link_hosts: tuple[str, ...] = variable(
        "SHORT_LINK_HOSTS", "hosts whose short links in a QR code are followed", kind="list",
        check=check.host_names, shown="`v.douyin.com`; demo: the sandbox too")
    platform_connect_timeout: float = variable(
        "PLATFORM_CONNECT_TIMEOUT", "seconds to reach a platform", default=1.0, kind="float",
        check=Range(0.05, 30))
    platform_read_timeout: float = variable(
        "PLATFORM_READ_TIMEOUT", "seconds a background job waits for a platform's answer",
        default=5.0, kind="float", check=Range(0.05, 60))
    door_budget: float = variable(
        "DOOR_BUDGET", "seconds a page or chat waits for platforms before it says 确认中; the "
        "whole answer stays under 2", default=1.7, kind="float", check=Range(0.1, 10))
    log_level: str = variable("LOG_LEVEL", "`DEBUG`, `INFO`, `WARNING` or `ERROR`",
                              default="INFO", check=OneOf(["DEBUG", "INFO", "WARNING", "ERROR"]))
    kill_at: str | None = variable("KILL_AT", "crash point at which the process kills itself; "
                                   "demo and test only", default=None)
    wecom: WeCom | None = group(WeCom, "WECOM_")
    wechat_official: OfficialAccount | None = group(OfficialAccount, "WECHAT_OFFICIAL_")
    wechat_mini: MiniProgram | None = group(MiniProgram, "WECHAT_MINI_")
    douyin_mini: DouyinMiniProgram | None = group(DouyinMiniProgram, "DOUYIN_MINI_")

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from the environment, `os.environ` unless another is given.

        Raises SettingsError naming every wrong or missing variable. In demo mode missing secrets
        are made and kept in DATA_DIR/keys.json.
        """
        env = Environment(os.environ if environ is None else environ)
        env.assumed = _assumed(env)
        values = env.values(cls)
        if env.problems:
            raise SettingsError(env.problems)
        settings = cls(**values)
        if problems := check.whole(settings, kept_demo_values(settings.data_dir)):
            raise SettingsError(problems)
        return settings

    @property
    def redis_address(self) -> str:
        """REDIS_URL, or where the embedded server listens."""
        return self.redis_url or f"unix://{quote(str(self.redis_socket))}?db=0"

    @property
    def redis_socket(self) -> Path:
        """The embedded server's socket. A path longer than the system allows (about 100 bytes)
        gives way to one under the folder for temporary files, different for each DATA_DIR."""
        path = self.data_dir.absolute() / "redis" / "redis.sock"
        if len(os.fsencode(path)) < 100:
            return path
        name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
        return Path(tempfile.gettempdir(), f"hexiaotai-{os.getuid()}-{name}", "redis.sock")

    def secrets(self) -> frozenset[str]:
        """Every secret value but addresses, for the log's mask (invariant I8)."""
        return frozenset(value for value in secret_values(self) if "://" not in value)


def describe() -> list[Variable]:
    """Every variable, in the order of the README's table."""
    return variables(Settings)


_PLATFORMS = {"MEITUAN_BASE_URL": "https://api-open-cater.meituan.com",
              "MEITUAN_PAGES_URL": "https://open-erp.meituan.com",
              "DOUYIN_BASE_URL": "https://open.douyin.com",
              "DOUYIN_MINI_BASE_URL": "https://developer.toutiao.com",
              "WECOM_BASE_URL": "https://qyapi.weixin.qq.com",
              "WECHAT_BASE_URL": "https://api.weixin.qq.com"}
_SHORT_LINK_HOSTS = "v.douyin.com"


def _assumed(env: Environment) -> dict[str, str]:
    """Defaults that follow from mode, folder and ports. Outside production the platforms are
    the sandbox, so that neither a test nor a demo ever speaks to a real one by accident."""
    def early(name: str) -> Any:
        each = Settings.__dataclass_fields__[name]
        value = env.value(each)
        env.problems.clear()  # told when all values are read
        return each.default if value is None else value

    data_dir: Path = early("data_dir")
    assumed = {"DATABASE_URL": f"sqlite:///{data_dir.absolute()}/hexiaotai.db",
               "SHORT_LINK_HOSTS": _SHORT_LINK_HOSTS, **_PLATFORMS}
    mode: Mode = early("mode")
    if mode == "production":
        return assumed
    sandbox = f"http://127.0.0.1:{early('sandbox_port')}"
    assumed |= dict.fromkeys(_PLATFORMS, sandbox)
    assumed["SHORT_LINK_HOSTS"] = f"{_SHORT_LINK_HOSTS},{urlsplit(sandbox).netloc}"
    assumed["PUBLIC_URL"] = f"http://127.0.0.1:{early('port')}"
    return assumed | demo_keys(data_dir) if mode == "demo" else assumed
