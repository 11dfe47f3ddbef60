"""The kiosk's page and its files: strict, cacheable, complete."""

from __future__ import annotations

import re
from types import SimpleNamespace

import pytest
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from kiosk.assets import FOR_EVER
from kiosk.self_service import qr, views
from kiosk.self_service.words import CATALOGUES, FOLDER

PUBLIC = "https://shop.example"
STATIC = FOLDER.parent


@pytest.fixture
def client() -> FlaskClient:
    app = Flask(__name__)
    views.register(app, SimpleNamespace(  # type: ignore[arg-type]  # these pages ask for no more
        settings=SimpleNamespace(public_url=f"{PUBLIC}/")))
    return app.test_client()


def test_the_first_screen_is_there_before_any_script(client: FlaskClient) -> None:
    page = client.get("/kiosk").text
    assert 'lang="zh-CN"' in page
    for key in ("home.word", "home.ways", "home.camera", "home.type", "call"):
        assert CATALOGUES["zh"][key] in page
    english = client.get("/kiosk?lang=en").text
    assert 'lang="en"' in english and CATALOGUES["en"]["home.word"] in english


@pytest.mark.parametrize("address", ["/kiosk", "/kiosk?lang=en"])
def test_the_page_keeps_a_strict_policy(client: FlaskClient, address: str) -> None:
    response = client.get(address)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy and "unsafe" not in policy and "*" not in policy
    assert response.headers["Cache-Control"] == "no-store"
    assert response.headers["Referrer-Policy"] == "no-referrer"
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", response.text)
    assert not re.search(r"(?:src|href)=\"(?:https?:)?//", response.text), "nothing from elsewhere"


def test_every_file_of_the_page_is_served_and_kept_for_ever(client: FlaskClient) -> None:
    addresses = re.findall(r'(?:src|href)="(/assets/[^"]+)"', client.get("/kiosk").text)
    assert len(addresses) > 20
    for address in addresses:
        response = client.get(address)
        assert response.status_code == 200, address
        assert response.headers["Cache-Control"] == FOR_EVER
        assert response.mimetype in ("text/css", "text/javascript", "application/json")


def test_another_version_gets_todays_file_but_does_not_keep_it(client: FlaskClient) -> None:
    address = re.search(r'/assets/self_service/\w+/app\.js', client.get("/kiosk").text)
    assert address
    old = client.get(re.sub(r"/[0-9a-f]{12}/", "/0123456789ab/", address[0]))
    assert old.status_code == 200 and old.headers["Cache-Control"] == "no-cache"
    again = client.get(address[0], headers={"If-None-Match": old.headers["ETag"]})
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["nothing.js", "../views.py", "%2e%2e/views.py", "copy/../app.py"])
def test_only_the_pages_own_files_are_served(client: FlaskClient, path: str) -> None:
    assert client.get(f"/assets/self_service/0123456789ab/{path}").status_code == 404


def test_every_module_a_script_imports_exists() -> None:
    for script in STATIC.rglob("*.js"):
        for target in re.findall(r'from "(\.[^"]+)"', script.read_text("utf-8")):
            assert (script.parent / target).resolve().is_file(), f"{script.name}: {target}"


def test_the_page_may_be_kept_for_a_start_without_a_network(client: FlaskClient) -> None:
    worker = client.get("/kiosk/worker.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Service-Worker-Allowed"] == "/kiosk"
    assert worker.headers["Cache-Control"] == "no-store", "a new one is found at once"


def test_a_machines_start_address_says_what_hangs_on_it(client: FlaskClient) -> None:
    assert 'data-slip="80" data-sound="on"' in client.get("/kiosk").text
    assert 'data-slip="58" data-sound="off"' in client.get("/kiosk?slip=58&sound=off").text


def picture_of(svg: str) -> Image.Image:
    """The code as a scanner sees it: every run of the path drawn as a rectangle."""
    [side] = (int(number) for number in re.findall(r'viewBox="-\d+ -\d+ (\d+) \d+"', svg))
    image = Image.new("L", (side * 8, side * 8), "white")
    draw = ImageDraw.Draw(image)
    dark = svg[svg.index(qr.INK):]
    for x, y, width in re.findall(r"M(\d+) (\d+)h(\d+)v1", dark):
        left, top = (int(x) + qr.QUIET) * 8, (int(y) + qr.QUIET) * 8
        draw.rectangle([left, top, left + int(width) * 8 - 1, top + 7], fill="black")
    return image


def test_the_code_takes_a_phone_to_the_redemptions_page(client: FlaskClient) -> None:
    response = client.get("/kiosk/qr/R7KM2C9XPQ4TABCDE.svg")
    assert response.mimetype == "image/svg+xml"
    assert response.headers["Cache-Control"] == "no-store", "it must not outlive the visit"
    [code] = zxingcpp.read_barcodes(picture_of(response.text))
    assert code.text == f"{PUBLIC}/m/r/R7KM2C9XPQ4TABCDE"


@pytest.mark.parametrize("ref", ["short", "R7KM%2F..%2Fadmin", "R7KM2C9X<svg>", "引用引用引用引"])
def test_only_a_reference_becomes_a_code(client: FlaskClient, ref: str) -> None:
    assert client.get(f"/kiosk/qr/{ref}.svg").status_code == 404


