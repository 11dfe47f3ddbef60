"""Files that leave: streamed while they are made."""

from __future__ import annotations

from flask import Response, stream_with_context

from core.services.export import Export


def sent(file: Export) -> Response:
    """The file as an attachment."""
    response = Response(stream_with_context(file.chunks), content_type=file.content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{file.filename}"'
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
