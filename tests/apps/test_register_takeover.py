"""The signing key, and going on under a new origin when the old log may not be continued."""

from __future__ import annotations

import base64
import html
import stat
from pathlib import Path

import pytest
from django.test import Client

from huiyin.domain.errors import Refusal
from huiyin.domain.leaves import commit, parse_leaf
from huiyin.register import keys as log_keys
from huiyin.register import queries
from huiyin.register.models import Origin
from huiyin.register.takeover import former_names, new_origin

from .register_world import NOW, append, fill, refused, restore_backup, verify

ORIGIN = "testserver/ledger"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]


def test_the_key_is_private_and_never_replaced(keys: Path) -> None:
    mode = stat.S_IMODE((keys / log_keys.NAME).stat().st_mode)
    assert mode == 0o600
    with pytest.raises(Refusal, match="log-key-exists"):
        log_keys.create_log_key(ORIGIN)
    assert "PRIVATE" not in repr(log_keys.signer())
    with pytest.raises(Refusal, match="register-origin-too-long"):
        log_keys.new_signer("x" * 201)


def test_taking_over_after_a_restored_backup(keys: Path) -> None:
    fill(300)
    old_vkey, old_note = queries.vkey(), queries.head().checkpoint
    restore_backup(280)
    refused("register-restored-backup")
    appended = new_origin(NOW)
    assert appended.first_index == 280
    assert queries.vkey().startswith(f"{ORIGIN}/2+")
    assert verify(appended.proof(0)).origin == f"{ORIGIN}/2"
    takeover = Origin.objects.get(index=280)
    leaf = parse_leaf(queries.leaf_data([280])[280])
    assert leaf.event_class == "origin"
    assert commit(bytes(takeover.key), takeover.statement.encode()) == leaf.commitment
    assert old_note.replace("\n", "\\n") in takeover.statement
    assert old_vkey in takeover.statement
    assert '"kept":280' in takeover.statement
    assert '"signed":300' in takeover.statement
    assert append(b"life goes on").size == 282
    aside = next((keys / "former").iterdir())
    assert (aside / "checkpoint").read_text() == old_note


def test_the_page_says_what_was_signed_before(client: Client) -> None:
    """The statement is public: a leaf alone would commit to it and show nothing."""
    fill(30)
    old_note = queries.head().checkpoint
    assert "Earlier names" not in client.get("/register/").content.decode()
    restore_backup(28)
    new_origin(NOW)
    page = html.unescape(client.get("/register/").content.decode())
    assert "30 had been signed: 2 entries are lost here" in page
    assert old_note in page
    (former,) = former_names()
    leaf = parse_leaf(queries.leaf_data([former.index])[former.index])
    assert former.key in page and former.statement in page
    assert commit(base64.b64decode(former.key), former.statement.encode()) == leaf.commitment


def test_taking_over_twice_counts_on() -> None:
    append(b"a")
    new_origin(NOW)
    new_origin(NOW)
    assert log_keys.signer().name == f"{ORIGIN}/3"
    with pytest.raises(Refusal, match="register-origin-same"):
        new_origin(NOW, f"{ORIGIN}/3")


def test_a_failed_takeover_puts_the_keys_back(keys: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    append(b"a")
    before = {path.name: path.read_bytes() for path in keys.iterdir() if path.is_file()}

    def fail(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr("huiyin.register.takeover.append", fail)
    with pytest.raises(OSError, match="disk full"):
        new_origin(NOW)
    after = {path.name: path.read_bytes() for path in keys.iterdir() if path.is_file()}
    assert after == before
    monkeypatch.undo()
    assert append(b"b").size == 2
