"""The list of crash points names every transaction and every platform call of the flow."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Iterator
from pathlib import Path

import core.services
from core.platforms.base import CertificatePlatform
from core.services import crash_points
from core.services.platform_ports import PlatformPorts

ROOM = Path(core.services.__file__).parent
PORTS = {"prepare", "consume", "find", "cancel", "find_cancelled", "look_up"}
OF_THE_FLOW = {"inspect", "redeem", "settle", "undo", "verify"}
"""First words of the flow's names; other services (sign-in, chat, sync) have their own."""


def calls(attribute: str, of: str) -> Iterator[tuple[str, ast.Call]]:
    """Calls of `….of.attribute(…)` in the room, with the file's name."""
    for path in sorted(ROOM.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
                    and node.func.attr == attribute and isinstance(node.func.value, ast.Attribute)
                    and node.func.value.attr == of):
                yield path.name, node


def name_of(call: ast.Call) -> str:
    first = call.args[0]
    assert isinstance(first, ast.Constant | ast.Name), ast.dump(call)
    return str(first.value) if isinstance(first, ast.Constant) else f"<{first.id}>"


def test_every_transaction_of_the_flow_is_listed() -> None:
    found = {name_of(call) for _, call in calls("transact", "_store")}
    # `Redeem._end` serves reject and withdraw and is handed their names.
    found |= {"redeem.reject", "redeem.withdraw"} if "<name>" in found else set()
    ours = {name for name in found if name.split(".")[0] in OF_THE_FLOW}
    assert ours == set(crash_points.TRANSACTIONS)


def test_every_platform_call_is_listed() -> None:
    found = {name_of(call) for port in PORTS for _, call in calls(port, "_ports")}
    ours = {name for name in found if name.split(".")[0] in OF_THE_FLOW}
    assert ours == set(crash_points.PLATFORM_CALLS)


def test_no_service_reaches_a_platform_by_another_way() -> None:
    """Only `PlatformPorts` calls an adapter, and it offers every call there is."""
    offered = {name for name, _ in inspect.getmembers(PlatformPorts, inspect.isfunction)}
    protocol = {name for name, _ in inspect.getmembers(CertificatePlatform, inspect.isfunction)
                if not name.startswith("_")}
    assert protocol == PORTS and protocol <= offered
    for path in ROOM.glob("*.py"):
        if path.name != "platform_ports.py":
            assert "CertificatePlatform" not in path.read_text() or path.name == "connections.py"


def test_points_surround_every_name() -> None:
    assert len(set(crash_points.POINTS)) == len(crash_points.POINTS)
    for name in crash_points.TRANSACTIONS:
        assert {f"{name}.before", f"{name}.inside", f"{name}.after"} <= set(crash_points.POINTS)
    for name in crash_points.PLATFORM_CALLS:
        assert {f"{name}.before", f"{name}.after"} <= set(crash_points.POINTS)
