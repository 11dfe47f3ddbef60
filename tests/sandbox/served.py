"""The sandbox on a real port, and a listener that receives its callbacks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Thread

from flask import Flask, Response, request
from werkzeug.serving import make_server


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Its base address while it runs."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class Heard:
    """One callback as it arrived."""

    body: bytes
    headers: dict[str, str]
    form: dict[str, str]
    query: dict[str, str]


@dataclass
class Listener:
    """A product's callback address that writes down what it hears."""

    answer: Callable[[], Response] = lambda: Response("", 200)
    heard: list[Heard] = field(default_factory=list)
    url: str = ""

    def app(self) -> Flask:
        app = Flask("listener")

        @app.route("/hook", methods=["GET", "POST"])
        def hook() -> Response:
            body = request.get_data(parse_form_data=False, cache=True)
            self.heard.append(Heard(body, dict(request.headers), request.form.to_dict(),
                                    request.args.to_dict()))
            return self.answer()

        return app
