"""Settings are checked before anything starts; production never runs on demo secrets."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from core.config import Settings, SettingsError, WeCom, describe
from core.demo_keys import demo_keys, new_keys

PRODUCTION = {"HX_MODE": "production", "PUBLIC_URL": "https://shop.example"}


def problems(environ: dict[str, str]) -> str:
    with pytest.raises(SettingsError) as caught:
        Settings.read(environ)
    return str(caught.value)


def test_all_wrong_values_are_told_at_once_with_what_to_give() -> None:
    told = problems({**PRODUCTION, **new_keys(), "PORT": "eighty", "ZONE": "Mars/Olympus",
                     "DATABASE_URL": "oracle://x", "WEB_THREADS": "0", "LOG_LEVEL": "LOUD",
                     "PUBLIC_URL": "shop.example", "SESSION_KEY": "short",
                     "SHORT_LINK_HOSTS": "https://v.douyin.com/"})

    for name in ("PORT", "ZONE", "DATABASE_URL", "WEB_THREADS", "LOG_LEVEL", "PUBLIC_URL",
                 "SESSION_KEY", "SHORT_LINK_HOSTS"):
        assert f"\n{name}: " in told
    assert "Asia/Shanghai" in told and "sqlite" in told and "new-keys" in told


def test_an_empty_environment_is_production_and_refuses_to_start() -> None:
    told = problems({})

    for name in ("SECRET_KEYS", "DATA_KEY", "SESSION_KEY", "PUBLIC_URL"):
        assert f"{name}: is not set" in told


def test_production_starts_with_real_secrets(tmp_path: Path) -> None:
    settings = Settings.read({**PRODUCTION, **new_keys(), "DATA_DIR": str(tmp_path)})

    assert settings.mode == "production"
    assert settings.meituan_base_url == "https://api-open-cater.meituan.com"
    assert settings.wecom is None and settings.redis_url is None
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("change", "named"), [
    pytest.param({"PUBLIC_URL": "http://shop.example"}, "PUBLIC_URL", id="plain http"),
    pytest.param({"DOUYIN_BASE_URL": "http://127.0.0.1:8001"}, "DOUYIN_BASE_URL", id="sandbox"),
    pytest.param({"KILL_AT": "verify.before_call"}, "KILL_AT", id="crash point"),
    pytest.param({"SHORT_LINK_HOSTS": "v.douyin.com,127.0.0.1:8001"}, "127.0.0.1", id="own host"),
    pytest.param({"SHORT_LINK_HOSTS": "10.0.0.8"}, "10.0.0.8", id="private address"),
    pytest.param({"SHORT_LINK_HOSTS": "intranet"}, "intranet", id="name without a dot"),
    pytest.param({"SECRET_KEYS": "A" * 43 + "=,not-a-key"}, "SECRET_KEYS", id="second key broken"),
    pytest.param({"DATA_KEY": "A" * 86 + "=="}, "DATA_KEY", id="key of zeros"),
    pytest.param({"SESSION_KEY": "a" * 40}, "SESSION_KEY", id="one letter"),
    pytest.param({"WECOM_CORPID": "ww1"}, "WECOM_AES_KEY", id="half of an account"),
])
def test_production_refuses(tmp_path: Path, change: dict[str, str], named: str) -> None:
    good = {**PRODUCTION, **new_keys(), "DATA_DIR": str(tmp_path)}
    assert Settings.read(good)

    assert named in problems(good | change)


def test_production_refuses_the_keys_of_a_demo_tried_before(tmp_path: Path) -> None:
    kept = demo_keys(tmp_path)
    good = {**PRODUCTION, **new_keys(), "DATA_DIR": str(tmp_path)}
    assert Settings.read(good)

    for name in ("SECRET_KEYS", "DATA_KEY", "SESSION_KEY"):
        assert "demo" in problems(good | {name: kept[name]})

    own = {"WECHAT_MINI_APPID": "wx1", "WECHAT_MINI_SECRET": "0123456789abcdef"}
    assert Settings.read(good | own)
    (tmp_path / "sandbox.json").write_text(json.dumps(
        {"apps": [{"appid": "wx1", "secret": own["WECHAT_MINI_SECRET"]}]}))
    assert "demo" in problems(good | own)


def test_test_mode_has_no_keys_of_its_own_and_never_speaks_to_real_platforms(
        environment: dict[str, str]) -> None:
    assert "SECRET_KEYS: is not set" in problems({"HX_MODE": "test"})

    settings = Settings.read(environment | {"SANDBOX_PORT": "9001"})
    assert {settings.meituan_base_url, settings.douyin_base_url, settings.douyin_mini_base_url,
            settings.wecom_base_url, settings.wechat_base_url} == {"http://127.0.0.1:9001"}


def test_a_secret_may_come_from_a_file(tmp_path: Path, environment: dict[str, str]) -> None:
    (tmp_path / "session").write_text("from a file: quick brown fox 123456\n")
    del environment["SESSION_KEY"]

    settings = Settings.read(environment | {"SESSION_KEY_FILE": str(tmp_path / "session")})
    assert settings.session_key == "from a file: quick brown fox 123456"

    assert "SESSION_KEY: " in problems(environment | {"SESSION_KEY_FILE": str(tmp_path / "none")})


def test_an_account_is_whole_or_absent(environment: dict[str, str]) -> None:
    account = {"WECOM_CORPID": "ww1", "WECOM_AGENTID": "7", "WECOM_SECRET": "s",
               "WECOM_TOKEN": "t", "WECOM_AES_KEY": "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"}

    assert Settings.read(environment).wecom is None
    assert Settings.read(environment | account).wecom == WeCom(
        corpid="ww1", agentid="7", secret="s", token="t", aes_key=account["WECOM_AES_KEY"])


def test_no_secret_shows_when_settings_are_printed(tmp_path: Path) -> None:
    settings = Settings.read({"HX_MODE": "demo", "DATA_DIR": str(tmp_path),
                              "DATABASE_URL": "mysql://shop:hunter2@db/hx",
                              "DOUYIN_MINI_APPID": "tt1", "DOUYIN_MINI_SECRET": "swordfish"})

    printed = repr(settings)
    hidden = settings.secrets() | {"hunter2"}
    assert len(hidden) == 5
    assert not [secret for secret in hidden if secret in printed]


def test_the_demo_keeps_its_keys_where_only_its_owner_reads_them(tmp_path: Path) -> None:
    first = Settings.read({"HX_MODE": "demo", "DATA_DIR": str(tmp_path)})
    second = Settings.read({"HX_MODE": "demo", "DATA_DIR": str(tmp_path)})

    assert first.secrets() == second.secrets()
    assert stat.S_IMODE(os.stat(tmp_path / "keys.json").st_mode) == 0o600


def test_keys_a_newer_version_needs_are_added_to_the_kept_ones(tmp_path: Path) -> None:
    kept = demo_keys(tmp_path)
    del kept["SESSION_KEY"]
    (tmp_path / "keys.json").write_text(json.dumps(kept))

    again = demo_keys(tmp_path)
    assert again.pop("SESSION_KEY")
    assert again == kept


def test_processes_that_start_together_agree_on_the_demo_keys(tmp_path: Path) -> None:
    code = ("from pathlib import Path; from core.demo_keys import demo_keys; import sys\n"
            "print(sorted(demo_keys(Path(sys.argv[1])).items()))")
    together = [subprocess.Popen([sys.executable, "-c", code, str(tmp_path)],
                                 stdout=subprocess.PIPE) for _ in range(6)]
    printed = {process.communicate()[0] for process in together}

    assert len(printed) == 1 and b"SECRET_KEYS" in printed.pop()


def test_the_table_of_variables_is_complete_and_says_what_each_means() -> None:
    rows = describe()
    names = [row.name for row in rows]

    assert len(set(names)) == len(names)
    assert {"HX_MODE", "PORT", "SANDBOX_PORT", "DATA_DIR", "DATABASE_URL", "REDIS_URL",
            "WECOM_AES_KEY", "DOUYIN_MINI_TEMPLATE_ID"} <= set(names)
    assert all(row.about for row in rows)
    assert not any(row.default for row in rows if row.secret and not row.name.endswith("_URL"))
