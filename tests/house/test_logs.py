"""Nothing in the log that must not be seen, and enough in it to find what happened (I8)."""

from __future__ import annotations

import io
import json
import logging
import warnings
from collections.abc import Iterator

import pytest

from core import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    stream = io.StringIO()
    logs.configure("DEBUG", secrets=["correct horse battery"], stream=stream)
    yield stream
    logging.captureWarnings(False)
    root.handlers[:] = handlers
    root.setLevel(level)


def last(written: io.StringIO) -> dict[str, str]:
    return dict(json.loads(written.getvalue().splitlines()[-1]))


@pytest.mark.parametrize(("text", "shown"), [
    pytest.param("member 13800138000", "member 138****8000", id="phone"),
    pytest.param("138-0013-8000 and 138 0013 8000", "138****8000 and 138****8000",
                 id="phone with gaps"),
    pytest.param("券1234567890。", "券1234****90。", id="ten-digit code"),
    pytest.param("1234567890123456789", "1234****89", id="nineteen-digit code"),
    pytest.param("券１２３４５６７８９０", "券１２３４****９０", id="full-width code"),
    pytest.param("order20261121123456", "order2026****56", id="digits after letters"),
    pytest.param("access_token=abc.def&x=1", "access_token=***&x=1", id="token in a query"),
    pytest.param("{'client_secret': 'two words', 'a': 1}", "{'client_secret': '***', 'a': 1}",
                 id="secret in a dict"),
    pytest.param('{"encrypted_code": "CgYIASAHKAE="}', '{"encrypted_code": "***"}',
                 id="ciphertext of a code in JSON"),
    pytest.param("code=HXT7K2M9QR4W", "code=***", id="own voucher code"),
    pytest.param("POST sign=0a1b2c3d", "POST sign=***", id="signature"),
    pytest.param("Authorization: Bearer abcdefgh12345678", "Authorization: Bearer ***",
                 id="bearer"),
    pytest.param("mysql://shop:hunter2@db/hx", "mysql://shop:***@db/hx", id="database address"),
    pytest.param("stored gAAAAABm" + "x" * 60 + "==", "stored ***", id="encrypted value"),
    pytest.param("the correct horse battery", "the ***", id="a value of the settings"),
    pytest.param("errcode=40001 code=token_expired code=404",
                 "errcode=40001 code=token_expired code=404", id="error codes stay readable"),
    pytest.param("299.00 at 2026-11-21 20:11:22, port 8000",
                 "299.00 at 2026-11-21 20:11:22, port 8000", id="amounts and times stay"),
])
def test_a_record_shows_no_secret_phone_or_whole_code(
        written: io.StringIO, text: str, shown: str) -> None:
    logging.getLogger("shop").info("%s", text)

    assert last(written)["message"] == shown


def test_a_traceback_is_masked_too(written: io.StringIO) -> None:
    code, phone = "1234567890123", "13912345678"
    try:
        raise ValueError(f"code {code} of {phone}, password='hunter2'")
    except ValueError:
        logging.getLogger("shop").exception("redeem failed")

    line = written.getvalue()
    assert "test_a_traceback_is_masked_too" in line
    assert not any(hidden in line for hidden in (code, phone, "hunter2"))


def test_extras_are_masked_by_name_and_value_but_a_platforms_log_id_is_whole(
        written: io.StringIO) -> None:
    logging.getLogger("shop").info("asked", extra={
        "platform_log_id": "202611211234567890ABCDEF", "token": "abc", "phone": 13800138000,
        "milliseconds": 12.5, "fen": 29900})

    line = last(written)
    assert line["platform_log_id"] == "202611211234567890ABCDEF"
    assert (line["token"], line["phone"]) == ("***", "138****8000")
    assert (line["milliseconds"], line["fen"]) == (12.5, 29900)


def test_records_of_one_request_share_its_id(written: io.StringIO) -> None:
    given = logs.start_request("till-7.request-0001")
    logging.getLogger("shop").info("one")
    assert last(written)["request_id"] == given == "till-7.request-0001"

    made = logs.start_request('"}\nforged')
    assert made != '"}\nforged' and logs.request_id() == made

    with logs.job_id("settle"):
        logging.getLogger("shop").info("two")
        assert last(written)["request_id"].startswith("settle-")
    assert logs.request_id() == made


def test_one_record_is_one_line_whatever_it_holds(written: io.StringIO) -> None:
    logging.getLogger("shop").info("a\n{\"level\": \"ERROR\"}\r\nb")

    assert len(written.getvalue().splitlines()) == 1


def test_warnings_and_other_libraries_go_the_same_way(written: io.StringIO) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.warn("phone 13800138000", stacklevel=1)

    assert "138****8000" in last(written)["message"]
    assert "13800138000" not in written.getvalue()
