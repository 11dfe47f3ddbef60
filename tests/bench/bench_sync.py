"""Order sync beside a plain bulk upsert of the same rows (design section 8: at least 40 %).

Run: python -m tests.bench.bench_sync [orders] [database url]. The platform answers from memory,
so what is measured is ours: reading, deciding, writing, committing. The plain upsert writes the
same rows, values ready in advance, by one prepared statement per table: order and certificate;
for a change of something known also its line in the audit and in the certificate's log.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, NamedTuple

from core.config import Settings
from core.demo_keys import new_keys
from core.sandbox.demo import demo_world
from core.services.pace import Pace
from core.services.platform_books import PlatformBooks
from core.store import bulk
from core.store.certificates import NEW
from core.store.history import AUDITED, LOGGED
from core.store.orders import LISTED
from core.store.tables import Audit, PlatformShop, SyncedOrder, VerificationLog, Voucher
from core.vouchers.certificate import CertificateStatus
from tests.bench.instant_orders import InstantOrders
from tests.builders import Chain, a_chain, empty, ready
from tests.services.sync.stage import over

BATCH = 200
Rows = dict[str, tuple[type[Any], tuple[str, ...], list[tuple[Any, ...]]]]


def a_shop(url: str | None, folder: str) -> Chain:
    settings = Settings.read({
        "HX_MODE": "test", "DATA_DIR": folder, **new_keys(),
        "DATABASE_URL": url or f"sqlite:///{folder}/bench.db"})
    ready(settings)
    return a_chain(replace(settings, kill_at=None), demo_world(), "http://127.0.0.1:1")


class Took(NamedTuple):
    """Seconds: by the clock, and of the processor, which a busy machine does not lengthen."""

    wall: float
    cpu: float


def timed(work: Callable[[], object]) -> Took:
    began, spent = perf_counter(), process_time()
    work()
    return Took(perf_counter() - began, process_time() - spent)


SOLD = ((SyncedOrder, LISTED, ("platform", "order_id")),
        (Voucher, NEW, ("platform", "certificate_id")))
TOLD = ((Audit, AUDITED, ()), (VerificationLog, LOGGED, ()))


def written(chain: Chain, *tables: tuple[Any, Any, Any]) -> Rows:
    """What the sync has left in the tables, as the driver takes it."""
    found: Rows = {}
    with chain.store.connection():
        for table, columns, key in tables:
            names = [table._meta.fields[name].column_name for name in columns]
            quoted = ", ".join(bulk._quoted(chain.store.database, name) for name in names)
            rows = chain.store.database.execute_sql(
                f"SELECT {quoted} FROM {table._meta.table_name}").fetchall()
            sql = bulk._insert_sql(chain.store.database, chain.store.engine, table, columns, key,
                                   tuple(name for name in columns if key and name not in key))
            found[sql] = (table, columns, [tuple(row) for row in rows])
    return found


def plain(chain: Chain, rows: Rows, batch: int) -> None:
    """The same rows by prepared upserts, `batch` orders a commit."""
    most = max(len(each) for _, _, each in rows.values())
    for start in range(0, most, batch):
        def work(start: int = start) -> None:
            for sql, (_, _, each) in rows.items():
                share = len(each) * batch // most or batch
                first = start * share // batch
                bulk._run(chain.store, sql, each[first:first + share])

        with chain.store.connection():
            chain.store.transact("bench.plain", work)


def forget(chain: Chain, *tables: type[Any]) -> None:
    with chain.store.connection():
        for table in tables:
            chain.store.database.execute_sql(f"DELETE FROM {table._meta.table_name}")


def main(count: int, url: str | None, certificates: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        chain = a_shop(url, folder)
        orders = InstantOrders(chain.clock.now() - timedelta(days=30), count, certificates)
        books = PlatformBooks(orders, orders, orders, Pace(0), Pace(0))
        sync, _ = over(chain, lambda code: books)
        with chain.store.connection():  # one merchant is enough
            PlatformShop.delete().where(PlatformShop.business == "59").execute()
        first = timed(lambda: sync.run("incremental", 3600))
        new_rows = written(chain, *SOLD)
        forget(chain, Audit)
        again = timed(lambda: sync.run("sweep", 3600))
        orders.change_all(CertificateStatus.USED)
        changed = timed(lambda: sync.run("sweep", 3600))
        changed_rows = written(chain, *SOLD, *TOLD)
        forget(chain, VerificationLog, Audit)
        update = timed(lambda: plain(chain, changed_rows, BATCH))
        forget(chain, VerificationLog, Voucher, SyncedOrder)
        insert = timed(lambda: plain(chain, new_rows, BATCH))
        forget(chain, Voucher, SyncedOrder)
        whole = timed(lambda: plain(chain, new_rows, count))
        empty(chain.store)
        chain.store.close()
    print(f"{chain.store.engine}: {count} orders of {certificates}")
    for name, rows, seconds, base in (("new", new_rows, first, insert),
                                      ("changed", changed_rows, changed, update)):
        total = sum(len(each) for _, _, each in rows.values())
        print(f"  {name:8} sync {total / seconds.wall:8.0f} rows/s   plain upsert "
              f"{total / base.wall:8.0f} rows/s   ratio {base.wall / seconds.wall:5.0%}, of the "
              f"processor {base.cpu / seconds.cpu:5.0%}")
    print(f"  unchanged sync {count / again.wall:7.0f} orders/s; plain insert in one commit takes "
          f"{whole.wall:.2f} s (ratio {whole.wall / first.wall:.0%})")


if __name__ == "__main__":
    Path(tempfile.gettempdir()).mkdir(exist_ok=True)
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000,
         sys.argv[2] if len(sys.argv) > 2 else None,
         int(sys.argv[3]) if len(sys.argv) > 3 else 1)
