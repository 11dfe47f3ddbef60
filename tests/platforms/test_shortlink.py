"""A short link is followed to its object_id, three hops at most, on listed hosts only."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from typing import Any

import pytest
import requests
from requests.adapters import HTTPAdapter

from core.errors import HexiaotaiError, PlatformBusy, PlatformUnknown, VoucherError
from core.platforms.shortlink import MOST_HOPS, ShortLinks

LONG = "https://www.iesdouyin.com/share/commerce/coupon/7212/?schema_type=13&object_id={}&u=1"
SEALED = "CgwI+ARDi/LRiM=="
ENCODED = "CgwI%2BARDi%2FLRiM%3D%3D"


class Host:
    """A real web server on this machine. `pages` maps a path to what it does."""

    def __init__(self) -> None:
        self.pages: dict[str, Callable[[Any], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        self.closing = threading.Event()
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.asked.append((self.path, dict(self.headers)))
                try:
                    host.pages[self.path](self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                """Tests are quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.name = f"127.0.0.1:{self.server.server_port}"

    def url(self, path: str) -> str:
        return f"http://{self.name}{path}"

    def redirects(self, path: str, location: str, status: int = 302, **headers: str) -> str:
        def page(request: Any) -> None:
            request.send_response(status)
            request.send_header("Location", location)
            for name, value in headers.items():
                request.send_header(name.replace("_", "-"), value)
            request.send_header("Content-Length", "0")
            request.end_headers()

        self.pages[path] = page
        return self.url(path)

    def answers(self, path: str, status: int, body: bytes = b"") -> str:
        def page(request: Any) -> None:
            request.send_response(status)
            request.send_header("Content-Length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)

        self.pages[path] = page
        return self.url(path)


@contextmanager
def running() -> Iterator[Host]:
    host = Host()
    thread = threading.Thread(target=host.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield host
    finally:
        host.closing.set()
        host.server.shutdown()
        host.server.server_close()
        thread.join()


@pytest.fixture
def host() -> Iterator[Host]:
    with running() as host:
        yield host


@pytest.fixture
def other() -> Iterator[Host]:
    with running() as host:
        yield host


@pytest.fixture
def links(host: Host) -> ShortLinks:
    return ShortLinks(frozenset({"v.douyin.com", host.name}), timeout=5)


def refusal(links: ShortLinks, url: str) -> str:
    with pytest.raises(HexiaotaiError) as refused:
        links.follow(url)
    return refused.value.word


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_short_link_leads_to_its_object_id_decoded_once(
    host: Host, links: ShortLinks, status: int
) -> None:
    url = host.redirects("/dyshort/abc/", LONG.format(ENCODED), status)
    assert links.follow(url) == SEALED
    assert [path for path, _ in host.asked] == ["/dyshort/abc/"]


@pytest.mark.parametrize(("sent", "object_id"), [
    pytest.param(SEALED, SEALED, id="not encoded: a plus stays a plus"),
    pytest.param("abc%2Bdef%3D", "abc+def=", id="plus and equals sign encoded"),
    pytest.param("abc_def-ghi.jkl~", "abc_def-ghi.jkl~", id="url-safe"),
])
def test_object_ids_arrive_as_the_platform_wants_them(
    host: Host, links: ShortLinks, sent: str, object_id: str
) -> None:
    assert links.follow(host.redirects("/s/a", LONG.format(sent))) == object_id


def test_an_object_id_that_was_encoded_twice_is_refused_not_passed_on(
    host: Host, links: ShortLinks
) -> None:
    url = host.redirects("/s/a", LONG.format("CgwI%252BARDi%253D"))
    assert refusal(links, url) == "no_code_in_link"


def test_a_raw_title_or_blank_beside_it_does_not_hurt(host: Host, links: ShortLinks) -> None:
    title = "健身 月卡".encode().decode("latin-1")
    url = host.redirects("/s/a", LONG.format(ENCODED) + "&title=" + title)
    assert links.follow(url) == SEALED


def test_the_target_host_may_change_because_it_is_not_asked(
    host: Host, links: ShortLinks, other: Host
) -> None:
    url = host.redirects("/s/a", other.url(f"/anything?object_id={ENCODED}"))
    assert links.follow(url) == SEALED
    assert other.asked == []


def test_relative_redirects_and_three_hops_are_followed(host: Host, links: ShortLinks) -> None:
    url = host.redirects("/s/1", "2")
    host.redirects("/s/2", "/s/3")
    host.redirects("/s/3", LONG.format(ENCODED))
    assert links.follow(url) == SEALED
    assert len(host.asked) == 3


def test_a_fourth_hop_is_not_made(host: Host, links: ShortLinks) -> None:
    for hop in range(1, 5):
        host.redirects(f"/s/{hop}", f"/s/{hop + 1}")
    assert refusal(links, host.url("/s/1")) == "no_code_in_link"
    assert len(host.asked) == MOST_HOPS == 3


def test_a_circle_ends(host: Host, links: ShortLinks) -> None:
    assert refusal(links, host.redirects("/s/a", "/s/a")) == "no_code_in_link"
    assert len(host.asked) == MOST_HOPS


def test_a_redirect_to_another_server_here_is_not_followed(
    host: Host, links: ShortLinks, other: Host
) -> None:
    other.redirects("/admin", LONG.format(ENCODED))
    assert refusal(links, host.redirects("/s/a", other.url("/admin"))) == "private_link"
    assert other.asked == []


@pytest.mark.parametrize(("location", "word"), [
    ("http://169.254.169.254/latest/meta-data/", "private_link"),
    ("http://10.0.0.1/", "private_link"),
    ("http://localhost/", "private_link"),
    ("http://2130706433/", "private_link"),
    ("http://[::1]:6379/", "private_link"),
    ("//redis/", "private_link"),
    ("https://example.com/", "no_code_in_link"),
    ("https://v.douyin.com:8443/abc/", "no_code_in_link"),
    ("https://v.douyin.com@127.0.0.1/", "unsafe_link"),
    ("file:///etc/passwd", "unsafe_link"),
    ("gopher://127.0.0.1:6379/_FLUSHALL", "unsafe_link"),
    ("http://[::1/", "unsafe_link"),
    ("https://v.douyin.com\\@example.com/", "unsafe_link"),
])
def test_a_redirect_elsewhere_is_refused(
    host: Host, links: ShortLinks, location: str, word: str
) -> None:
    assert refusal(links, host.redirects("/s/a", location)) == word
    assert len(host.asked) == 1


@pytest.mark.parametrize("url", [
    "http://127.0.0.1/abc/", "https://example.com/abc/", "ftp://v.douyin.com/abc/", "", "abc"])
def test_nothing_unlisted_is_asked_in_the_first_place(links: ShortLinks, url: str) -> None:
    assert refusal(links, url) in {"private_link", "no_code_in_link", "unsafe_link"}


def test_a_host_listed_by_name_is_asked_over_https_only() -> None:
    asked = []

    class Douyin(HTTPAdapter):
        def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
            asked.append(request.url)
            response = requests.Response()
            response.status_code = 302
            response.headers["Location"] = LONG.format(ENCODED)
            response.raw = BytesIO()
            return response

    session = requests.Session()
    session.mount("https://v.douyin.com/", Douyin())
    assert ShortLinks(session=session).follow("http://v.douyin.com/abc/") == SEALED
    assert asked == ["https://v.douyin.com/abc/"]


@pytest.mark.parametrize("status", [200, 204, 304, 400, 403, 404, 410])
def test_a_page_without_a_redirect_is_no_voucher(
    host: Host, links: ShortLinks, status: int
) -> None:
    assert refusal(links, host.answers("/s/a", status)) == "no_code_in_link"


def test_a_redirect_to_nowhere_is_no_voucher(host: Host, links: ShortLinks) -> None:
    assert refusal(links, host.answers("/s/a", 302)) == "no_code_in_link"


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_later_means_later(host: Host, links: ShortLinks, status: int) -> None:
    with pytest.raises(PlatformBusy) as busy:
        links.follow(host.answers("/s/a", status))
    assert busy.value.platform == "douyin"


def test_a_body_without_end_is_not_read(host: Host, links: ShortLinks) -> None:
    stopped = threading.Event()

    def endless(request: Any) -> None:
        request.send_response(302)
        request.send_header("Location", LONG.format(ENCODED))
        request.end_headers()
        try:
            while not host.closing.is_set():
                request.wfile.write(b"x" * 65536)
        except OSError:
            stopped.set()
            raise

    host.pages["/s/a"] = endless
    assert links.follow(host.url("/s/a")) == SEALED
    assert stopped.wait(10), "the connection was kept open for the rest of the body"


def _silent(request: Any) -> None:
    request.server.closing.wait(30)


def _dripping(request: Any) -> None:
    """Three seconds of a header, a byte at a time, then a perfect answer."""
    request.wfile.write(b"HTTP/1.1 302 Found\r\nX-Long: ")
    for _ in range(150):
        if request.server.closing.wait(0.02):
            return
        request.wfile.write(b"x")
    request.wfile.write(f"\r\nLocation: {LONG.format(ENCODED)}\r\n\r\n".encode())


@pytest.mark.parametrize("stalling", [_silent, _dripping])
def test_a_host_that_never_finishes_its_answer_is_given_up(
    host: Host, stalling: Callable[[Any], None]
) -> None:
    host.server.closing = host.closing  # type: ignore[attr-defined]  # for the pages above
    host.pages["/s/a"] = stalling
    impatient = ShortLinks(frozenset({host.name}), timeout=0.3)
    with pytest.raises(PlatformUnknown):
        impatient.follow(host.url("/s/a"))


def test_a_host_that_does_not_answer_at_all_is_unknown() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        name = f"127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(PlatformUnknown):
            ShortLinks(frozenset({name}), timeout=1).follow(f"http://{name}/s/a")


def test_an_answer_that_is_no_http_is_unknown(host: Host, links: ShortLinks) -> None:
    host.pages["/s/a"] = lambda request: request.wfile.write(b"\x00\x01garbage\r\n\r\n")
    with pytest.raises(PlatformUnknown):
        links.follow(host.url("/s/a"))


def test_the_host_learns_nothing_about_us(
    host: Host, links: ShortLinks, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login clerk password secret\n")
    monkeypatch.setenv("NETRC", str(netrc))
    url = host.redirects("/s/a", LONG.format(ENCODED), Set_Cookie="who=me; Path=/")
    links.follow(url)
    links.follow(url)
    for _, headers in host.asked:
        assert not {"Cookie", "Authorization", "Referer"} & set(headers)


def test_refusals_name_no_code(host: Host, links: ShortLinks) -> None:
    with pytest.raises(VoucherError) as refused:
        links.follow(host.redirects("/s/secretcode", "http://10.0.0.1/?x=secretcode"))
    assert "secretcode" not in repr((refused.value, refused.value.facts))
