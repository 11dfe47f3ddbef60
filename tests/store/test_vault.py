"""Codes can be looked up and credentials rotated, and neither can be read in a dump."""

from __future__ import annotations

import base64
import secrets

import pytest

from core.demo_keys import new_keys
from core.store.vault import KeyVault, WrongKey


def fernet_key() -> str:
    return base64.urlsafe_b64encode(secrets.token_bytes(32)).decode()


def test_the_same_code_is_sealed_the_same_way_so_that_it_can_be_found(vault: KeyVault) -> None:
    assert vault.seal("1234567890") == vault.seal("1234567890")
    assert vault.seal("1234567890") != vault.seal("1234567891")
    assert vault.unseal(vault.seal("券码 1234")) == "券码 1234"
    assert "1234567890" not in vault.seal("1234567890")


def test_nothing_stays_nothing(vault: KeyVault) -> None:
    assert vault.seal("") == "" == vault.unseal("")


def test_a_secret_looks_different_each_time(vault: KeyVault) -> None:
    assert vault.encrypt("V2-token") != vault.encrypt("V2-token")
    assert vault.decrypt(vault.encrypt("V2-token")) == "V2-token"


def test_old_secrets_open_under_a_new_key_and_can_be_moved_to_it() -> None:
    data_key, old, new = new_keys()["DATA_KEY"], fernet_key(), fernet_key()
    written = KeyVault(data_key, [old]).encrypt("V2-token")
    both = KeyVault(data_key, [new, old])
    assert both.decrypt(written) == "V2-token"
    moved = both.rotate(written)
    assert KeyVault(data_key, [new]).decrypt(moved) == "V2-token"
    with pytest.raises(WrongKey):
        KeyVault(data_key, [new]).decrypt(written)


@pytest.mark.parametrize("sealed", ["AAAA", "not base64 ***", "x" * 60])
def test_what_was_not_sealed_here_does_not_open(vault: KeyVault, sealed: str) -> None:
    with pytest.raises(WrongKey):
        vault.unseal(sealed)


def test_another_installation_cannot_read_our_codes(vault: KeyVault) -> None:
    other = KeyVault(new_keys()["DATA_KEY"], [fernet_key()])
    with pytest.raises(WrongKey):
        other.unseal(vault.seal("1234567890"))
