"""Composition root and command line: `python app.py --help`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import click

from core.baton import BATON
from core.config import Settings
from jobs import tether
from jobs.commands import begin, operations, services_of
from jobs.demo_world import environment, sandbox_world, welcome
from jobs.processes import demo_processes, refuse_taken_ports, shop_processes
from jobs.supervisor import Child, DidNotStart, Supervisor

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from flask import Flask

    from core.services.metrics import Board


def create_app(settings: Settings, board: Board | None = None) -> Flask:
    """The web application: every door that speaks HTTP, over one set of services."""
    # Imported here because only the web process serves: the others start faster without Flask.
    from flask import Flask
    from werkzeug.middleware.proxy_fix import ProxyFix

    from bot import official, wecom
    from core.api import door
    from core.store.db import SQLITE
    from kiosk.desk import views as desk
    from kiosk.self_service import views as self_service

    web = Flask("hexiaotai", static_folder=None)
    # No secret_key: nobody uses Flask's own session, and opening one takes time at each request.
    web.config.update(SESSION_COOKIE_SECURE=settings.public_url.startswith("https://"))
    if hops := settings.trusted_proxies:
        web.wsgi_app = ProxyFix(web.wsgi_app, x_for=hops, x_proto=hops)  # type: ignore[method-assign]  # Flask's documented way to add middleware

    services = services_of(settings, board)
    if services.store.engine == SQLITE:
        web.wsgi_app = _in_turn(web.wsgi_app)  # type: ignore[method-assign]  # as above
    door.register(web, services, redis_url=settings.redis_address)
    self_service.register(web, services)
    desk.register(web, services)
    wecom.register(web, services)
    official.register(web, services)
    return web


def _in_turn(answer: WSGIApplication) -> Any:
    def answered(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        with BATON.carried():
            return answer(environ, start_response)

    return answered


def served(board: Board | None = None) -> Flask:
    """What the server calls in each of its processes, after it has forked."""
    return create_app(begin(), board)


@click.group()
def cli() -> None:
    """Hexiaotai 核销台: voucher redemption and pricing for shop chains."""
    tether.follow_parent()


@cli.command()
def web() -> None:
    """Serve pages and API."""
    from jobs import web_server  # here: nothing but this process needs the server

    web_server.serve(begin(), served)


@cli.command()
@click.argument("queue", type=click.Choice(["quick", "slow"]))
def worker(queue: str) -> None:
    """Work on one queue of jobs."""
    from jobs.worker import run_worker

    settings = begin()
    run_worker(settings, services_of(settings), queue)


@cli.command()
def cron() -> None:
    """Enqueue the periodic jobs at their times."""
    from jobs.worker import run_cron

    run_cron(begin())


@cli.command()
def demo() -> None:
    """Everything at once, with a sandbox in place of the platforms; stop with Ctrl-C."""
    if os.environ.setdefault("HX_MODE", "demo") != "demo":
        raise SystemExit("HX_MODE is not demo: unset it to try the demo")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # so that the addresses stay on the screen
    settings = begin()
    refuse_taken_ports(settings)
    os.environ.update(environment(sandbox_world(settings)))
    _supervise(demo_processes(settings), lambda: welcome(settings))


@cli.command()
def serve() -> None:
    """A whole shop on this machine: pages, jobs and, without a REDIS_URL, Redis."""
    settings = begin()
    refuse_taken_ports(settings)
    _supervise(shop_processes(settings), lambda: f"Open {settings.public_url}")


def _supervise(stages: list[list[Child]], welcome: Callable[[], str]) -> None:
    try:
        Supervisor(stages).run(welcome)
    except DidNotStart as error:
        raise SystemExit(str(error)) from error


for operation in operations.commands.values():
    cli.add_command(operation)

if __name__ == "__main__":
    cli()
