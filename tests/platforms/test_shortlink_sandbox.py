"""The whole way of a Douyin QR: scanned text, short link, object_id, prepare."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import urlsplit

from core.platforms.shortlink import ShortLinks
from core.sandbox.app import create_sandbox
from core.sandbox.demo import demo_world
from core.sandbox.world import Webhooks
from core.vouchers.scan import Form, Reading, read
from tests.sandbox.buyers import Buyer, DouyinClient
from tests.sandbox.served import served


def test_a_scanned_qr_becomes_what_the_platform_prepares() -> None:
    app = create_sandbox(replace(demo_world(), webhooks=Webhooks("", "", "", "")))
    buyer, douyin = Buyer(app.test_client()), DouyinClient(app.test_client(), app)
    with served(app) as address:
        host = urlsplit(address).netloc
        links = ShortLinks(frozenset({host}), timeout=5)
        for certificate in buyer.order("douyin", quantity=3):
            link = f"{address}{urlsplit(certificate['qr']).path}"
            reading = read(f"【抖音】我的券 {link} 快来", short_link_hosts=frozenset({host}))
            assert isinstance(reading, Reading)
            (candidate,) = reading.candidates
            assert candidate.form is Form.SHORT_LINK
            prepared = douyin.prepare(encrypted_data=links.follow(candidate.value))
            assert prepared["data"]["error_code"] == 0
            assert certificate["certificate_id"] in {
                found["certificate_id"] for found in prepared["data"]["certificates"]}


def test_the_long_link_behind_a_qr_may_be_pasted_itself() -> None:
    app = create_sandbox(replace(demo_world(), webhooks=Webhooks("", "", "", "")))
    http = app.test_client()
    (certificate,) = Buyer(http).order("douyin")
    long_link = http.get(urlsplit(certificate["qr"]).path).headers["Location"]
    reading = read(long_link)
    assert isinstance(reading, Reading)
    (candidate,) = reading.candidates
    assert candidate.form is Form.ENCRYPTED_DATA
    prepared = DouyinClient(http, app).prepare(encrypted_data=candidate.value)
    assert prepared["data"]["error_code"] == 0


def test_the_codes_that_the_platforms_print_are_recognised() -> None:
    buyer = Buyer(create_sandbox(
        replace(demo_world(), webhooks=Webhooks("", "", "", ""))).test_client())
    for platform in ("meituan", "douyin"):
        for certificate in buyer.order(platform, quantity=20):
            reading = read(certificate["code"])
            assert isinstance(reading, Reading)
            assert [c.platform for c in reading.candidates] == [platform]
