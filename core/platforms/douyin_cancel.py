"""Douyin's cancel: its body and its per-use results (douyin.md 3.4)."""

from __future__ import annotations

from typing import Any

from core.platforms import douyin_errors as errors
from core.platforms.answer import items, text, whole
from core.platforms.base import Cancellation
from core.platforms.douyin_gateway import Said


def cancel_body(cancellation: Cancellation) -> dict[str, object]:
    """One use by its id; several of a times card as one all-or-nothing batch.

    `cancel_token` makes a repetition safe for an hour, which is as long as cancelling works.
    """
    consumption = cancellation.consumption
    if len(cancellation.verify_ids) == 1:
        return {"verify_id": cancellation.verify_ids[0],
                "certificate_id": consumption.certificate_id, "cancel_token": cancellation.key}
    return {"verify_id": "0", "certificate_id": "0", "cancel_token": cancellation.key,
            "batch_cancel_info": {"order_id": consumption.order_id,
                                  "verify_id_list": list(cancellation.verify_ids)}}


def check_results(data: dict[str, Any], said: Said) -> Said:
    """The newer answers have a result per use; raises when one says no."""
    for line in items(data, "cancel_results"):
        number = whole(line, "result_code")
        if number:
            errors.refuse(number, message=text(line, "result_msg"), log_id=said.log_id)
    return said
