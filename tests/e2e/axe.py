"""axe-core's opinion of a page: WCAG 2.2 AA and below, nothing forgiven."""

from __future__ import annotations

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

RULES = {"runOnly": {"type": "tag", "values": [
    "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}}
_axe = Axe()


def complaints(page: Page) -> list[str]:
    """What axe-core holds against the page as it stands: rule, place, reason."""
    found = _axe.run(page, options=RULES).response["violations"]
    return [f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
            for rule in found for node in rule["nodes"]]
