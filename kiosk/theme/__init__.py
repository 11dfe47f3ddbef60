"""What every page of ours looks like: style sheets, icons, ornament. No page of its own."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Flask

CSS = Path(__file__).parent / "css"


def register(app: Flask) -> None:
    """Let templates include `theme/icons.html` and `theme/rosette.html`; once per app."""
    if "theme" not in app.blueprints:
        app.register_blueprint(Blueprint("theme", __name__, template_folder="templates"))


def sheets(*names: str) -> list[Path]:
    """The style sheets of these names, in this order."""
    return [CSS / f"{name}.css" for name in names]
