"""Chat menus of WeCom and official accounts (wechat.md 4.4)."""

from __future__ import annotations

from typing import Any

_NEEDS = {"click": "key", "scancode_push": "key", "scancode_waitmsg": "key",
          "pic_sysphoto": "key", "pic_photo_or_album": "key", "pic_weixin": "key",
          "location_select": "key", "view": "url", "miniprogram": "appid",
          "view_miniprogram": "appid"}


def fault_of_menu(menu: dict[str, Any], *, first_bytes: int, second_bytes: int) -> str | None:
    """Why a menu cannot be published, or None. Lengths are of names, in bytes."""
    buttons = menu.get("button")
    if not isinstance(buttons, list) or not 1 <= len(buttons) <= 3:
        return "1 to 3 buttons"
    for button in buttons:
        below = button.get("sub_button") or []
        if len(below) > 5:
            return "at most 5 sub buttons"
        faults = [_fault_of_name(button, first_bytes)]
        faults += [_fault_of_name(each, second_bytes) for each in below]
        faults += [_fault_of_leaf(each) for each in (below or [button])]
        for fault in faults:
            if fault:
                return fault
    return None


def _fault_of_name(button: dict[str, Any], most: int) -> str | None:
    name = str(button.get("name") or "")
    return None if 1 <= len(name.encode()) <= most else f"name {name!r} is not 1 to {most} bytes"


def _fault_of_leaf(button: dict[str, Any]) -> str | None:
    needed = _NEEDS.get(str(button.get("type")))
    if needed is None:
        return f"unknown type {button.get('type')!r}"
    value = button.get(needed)
    if not isinstance(value, str) or not value:
        return f"{needed} is missing"
    return "key is longer than 128 bytes" if needed == "key" and len(
        value.encode()) > 128 else None
