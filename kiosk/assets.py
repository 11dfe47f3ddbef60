"""Static files of the pages, under an address that changes when any of them does.

`/assets/<area>/<version>/<path>`: the version is a hash of the whole area, so that ES modules may
import each other by relative paths and everything may be cached for ever. A page still asking for
an older version gets today's file, uncached.
"""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from flask import Blueprint, abort, request
from werkzeug.wrappers import Response

FOR_EVER = "public, max-age=31536000, immutable"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".json": "application/json",
          ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}


@dataclass(frozen=True, slots=True)
class _File:
    content: bytes
    mimetype: str


class Assets:
    """The files of one area of pages, read once at start (some 150 kB).

    `folders` are served as they are; a bundle joins several files under one name.
    """

    def __init__(self, area: str, folders: Sequence[Path],
                 bundles: Mapping[str, Sequence[Path]]) -> None:
        self.area = area
        self._files: dict[str, _File] = {}
        for folder in folders:
            for path in sorted(folder.rglob("*")):
                if path.is_file() and path.suffix in _TYPES:
                    self._add(path.relative_to(folder).as_posix(), path.read_bytes())
        for name, parts in bundles.items():
            self._add(name, b"\n".join(part.read_bytes() for part in parts))
        digest = hashlib.sha256()
        for name, file in sorted(self._files.items()):
            digest.update(name.encode() + b"\0" + file.content + b"\0")
        self.version = digest.hexdigest()[:12]

    def _add(self, name: str, content: bytes) -> None:
        suffix = Path(name).suffix
        mimetype = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "text/plain"
        self._files[name] = _File(content, mimetype)

    def names(self, suffix: str) -> list[str]:
        """The files with this ending, sorted; for a page that preloads them."""
        return [name for name in sorted(self._files) if name.endswith(suffix)]

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that does not exist."""
        self._files[name]
        return f"/assets/{self.area}/{self.version}/{name}"

    def text(self, name: str) -> str:
        """The content of a file that is served under another address, too. Raises KeyError."""
        return self._files[name].content.decode()

    def blueprint(self) -> Blueprint:
        """The route that serves the area."""
        pages = Blueprint(f"assets_{self.area}", __name__)

        @pages.get(f"/assets/{self.area}/<version>/<path:name>")
        def asset(version: str, name: str) -> Response:
            file = self._files.get(name)
            if file is None:
                abort(404)
            response = Response(file.content, mimetype=file.mimetype)
            response.set_etag(self.version)
            fresh = version == self.version
            response.headers["Cache-Control"] = FOR_EVER if fresh else "no-cache"
            response.headers["X-Content-Type-Options"] = "nosniff"
            return response.make_conditional(request)

        return pages
