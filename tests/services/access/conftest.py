"""A sandbox of its own for every test: authorisations are taken back and tokens end."""

from __future__ import annotations

from tests.services.sync.conftest import running_sandbox, sandbox_url

__all__ = ["running_sandbox", "sandbox_url"]
