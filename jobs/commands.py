"""What an operator does by hand: `app.py migrate`, `app.py doctor` and so on.

Each command does one thing through one service and ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
import requests

from core import logs
from core.config import Settings, SettingsError, describe
from core.demo_keys import new_keys
from jobs.demo_world import sandbox_answers, sandbox_world, serve_sandbox
from jobs.supervisor import answers, wait_until

if TYPE_CHECKING:
    from core.services.metrics import Board
    from core.wiring import Services


def begin() -> Settings:
    """Settings, or an end with every wrong one named; from here on the log is masked JSON."""
    try:
        settings = Settings.read()
    except SettingsError as error:
        raise SystemExit(f"{error}\nAll variables: python app.py settings") from error
    logs.configure(settings.log_level, settings.secrets())
    return settings


def services_of(settings: Settings, board: Board | None = None) -> Services:
    """The services of this process; with a `board` it is one of a server's, which stay and have
    people waiting for their answers."""
    # Imported here because the first process of the demo and the scheduler need none of it.
    from core.wiring import build
    from jobs.queues import Nudges, Relay
    from jobs.schedule import TIMETABLE

    nudges = Nudges(settings.redis_address)
    return build(settings, nudge=Relay(nudges) if board else nudges, timetable=TIMETABLE,
                 board=board)


@click.group()
def operations() -> None:
    """Lends its commands to `app.py`."""


@operations.command()
def migrate() -> None:
    """Bring the database's tables up to date."""
    applied = services_of(begin()).store.migrate()
    click.echo(f"{len(applied)} migrations applied" if applied else "nothing to migrate")


@operations.command()
def doctor() -> None:
    """Settle now what became of redemptions whose outcome is unknown."""
    click.echo(services_of(begin()).settle.run())


@operations.command("rotate-secrets")
def rotate_secrets() -> None:
    """Re-encrypt every stored credential under the first of SECRET_KEYS; may run at any time."""
    rotation = services_of(begin()).platforms.secrets.rotate()
    click.echo(rotation)
    if rotation.left:
        raise SystemExit(1)


@operations.command("compare-ledger")
def compare_ledger() -> None:
    """Compare our vouchers with the sandbox's ledger, row by row; demo and test only."""
    settings = begin()
    if settings.mode == "production":
        raise SystemExit("only the sandbox has a ledger to compare with")
    answer = requests.get(f"{settings.meituan_base_url}/_sandbox/ledger", timeout=120)
    answer.raise_for_status()
    found = services_of(settings).platforms.ledger.compare(answer.json()["certificates"])
    for difference in found.differences:
        click.echo(difference)
    click.echo(f"{found.rows} certificates, {len(found.differences)} differences")
    if found.differences:
        raise SystemExit(1)


@operations.command()
def sandbox() -> None:
    """Serve the platform sandbox of the demo."""
    serve_sandbox(begin())


@operations.command("create-staff")
@click.argument("username")
@click.option("--name", required=True, help="as colleagues know the person")
@click.option("--role", type=click.Choice(["clerk", "manager", "admin"]), default="admin")
@click.option("--venue", "venues", type=int, multiple=True, help="id of a venue; may be repeated")
def create_staff(username: str, name: str, role: str, venues: tuple[int, ...]) -> None:
    """Make a staff account and print its first password, once."""
    from core.errors import HexiaotaiError
    from core.services.actor import OPERATOR, Role
    from core.services.admin.staff import StaffChange

    services = services_of(begin())
    wanted = StaffChange(name, Role[role.upper()], venues)
    try:
        hired = services.admin.staff.add(username, wanted, OPERATOR)
    except HexiaotaiError as error:
        raise SystemExit(f"not made: {error.word} {error.facts or ''}") from error
    click.echo(f"{username} may sign in with: {hired.password}")


@operations.command("demo-data")
def demo_data() -> None:
    """Fill the demo's database and write DATA_DIR/demo.json; `demo` runs it at start."""
    from jobs.demo import prepare

    settings = begin()
    if settings.mode != "demo":
        raise SystemExit("demo data belongs to HX_MODE=demo")
    services = services_of(settings)
    services.store.migrate()
    wait_until(answers(sandbox_answers(settings)))
    prepare(settings, services, sandbox_world(settings))


@operations.command("new-keys")
def print_new_keys() -> None:
    """Print fresh secrets for a production environment."""
    for name, value in new_keys().items():
        click.echo(f"{name}={value}")


@operations.command("settings")
def print_settings() -> None:
    """Print the table of environment variables (no values)."""
    click.echo("| variable | meaning | default |\n|---|---|---|")
    for row in describe():
        click.echo(f"| `{row.name}` | {row.about} | {row.default} |")
