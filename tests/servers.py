"""Database servers shared by the workers of one test run: each worker has a database of its own."""

from __future__ import annotations

import os
from functools import cache

from playhouse.db_url import connect


@cache
def own_database(url: str) -> str:
    """The address of this worker's database on the server of `url`; made when it is not there."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if not worker:
        return url
    server = connect(url)
    name = f"{server.database}_{worker}"
    with server.connection_context():
        if url.startswith("mysql"):
            server.execute_sql(f"CREATE DATABASE IF NOT EXISTS `{name}`")
        elif not server.execute_sql("SELECT 1 FROM pg_database WHERE datname = %s",
                                    (name,)).fetchone():
            server.connection().autocommit = True  # PostgreSQL makes none inside a transaction
            server.execute_sql(f'CREATE DATABASE "{name}"')
    return url.rpartition("/")[0] + f"/{name}"
