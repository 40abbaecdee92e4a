"""Ceremonies of the officers' keys: printed shares, recovery, turnover, and their events."""

from __future__ import annotations

import io
import os
import re
import stat
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader

from huiyin.commands import installation
from huiyin.commands import officers as command
from huiyin.domain import receipts, recovery, sealing
from huiyin.domain.errors import Refusal
from huiyin.history.ceremonies import ceremonies, register_ceremony
from huiyin.register.checking import check
from huiyin.vault import acts, officers, queries
from huiyin.vault.models import IdentityShare, OfficerKey
from huiyin.vault.recovery import make_shares, recover
from tests.people import NOW, Town

WORDS = "lantern river seven quiet maps"
NEW = "wooden bridge nine green cups"
WHO = {"name": "Zhao Qiang"}
CASE, LATER = "a" * 32, "b" * 32


@pytest.fixture
def keyed(town: Town, monkeypatch: pytest.MonkeyPatch) -> Town:
    """The town with both officers' keys; passphrases stretched quickly, as that is not tested."""
    import hashlib

    def quick(passphrase: str, salt: bytes) -> bytes:
        return hashlib.sha256(salt + passphrase.encode()).digest()

    monkeypatch.setattr("huiyin.domain.sealing._from_passphrase", quick)
    monkeypatch.setattr(installation, "configure", lambda data=None, **settings: None)
    for role in officers.ROLES:
        officers.create_officer_key(role, WORDS, now=NOW)
        register_ceremony("officer-key-made", queries.officer_facts(role), NOW)
    sealed(CASE)
    return town


def registered() -> list[tuple[str, dict[str, object]]]:
    """The ceremonies after those of the fixture, without the public keys, which must be right."""
    found = []
    for stored in ceremonies()[len(officers.ROLES) :]:
        data = dict(stored.event.data)
        key = OfficerKey.objects.get(role=data["role"], generation=data["generation"])
        assert data.pop("public") == bytes(key.public).hex()
        found.append((stored.event.type, data))
    return found


def sealed(case: str) -> None:
    acts.hand_in(case, receipts.make(os.urandom(15)), [], identity=WHO, now=NOW)


def opened(case: str, **passphrases: str) -> dict[str, str]:
    return officers.open_identity(case, dict.fromkeys(officers.ROLES, WORDS) | passphrases)


def refused(code: str, call: Any, *args: Any, **named: Any) -> None:
    with pytest.raises(Refusal) as caught:
        call(*args, **named)
    assert caught.value.code == code


def test_two_shares_make_a_new_key_that_opens_what_was_sealed_before(keyed: Town) -> None:
    shares = make_shares("ombudsman", WORDS)
    assert recover((shares[2], shares[0]), NEW, now=NOW) == ("ombudsman", 2)
    assert opened(CASE, ombudsman=NEW) == WHO
    refused("passphrase-wrong", opened, CASE)
    sealed(LATER)
    assert opened(LATER, ombudsman=NEW) == WHO
    assert set(IdentityShare.objects.filter(officer_role="ombudsman").values_list(
        "generation", flat=True)) == {2}  # fmt: skip


def test_no_paper_opens_twice_or_after_another_was_printed(keyed: Town) -> None:
    first = make_shares("ombudsman", WORDS)
    second = make_shares("ombudsman", WORDS)
    refused("shares-outdated", recover, first[:2], NEW, now=NOW)
    refused("shares-differ", recover, (first[0], second[1]), NEW, now=NOW)
    # Somebody who writes the newer mark on the older paper is still told by the lock.
    forged = [recovery.Share(s.role, s.generation, second[0].mark, s.place, s.value) for s in first]
    refused("shares-slip", recover, forged[:2], NEW, now=NOW)
    refused("passphrase-weak", recover, second[:2], "sesame", now=NOW)
    recover(second[:2], NEW, now=NOW)
    refused("shares-outdated", recover, second[:2], NEW, now=NOW)
    make_shares("ombudsman", NEW)
    refused("shares-outdated", recover, second[1:], NEW, now=NOW)


def test_printing_wants_the_passphrase_and_other_ceremonies_end_the_paper(keyed: Town) -> None:
    refused("passphrase-wrong", make_shares, "ombudsman", NEW)
    shares = make_shares("ombudsman", WORDS)
    officers.change_passphrase("ombudsman", WORDS, NEW)  # same key: the paper stays good
    assert OfficerKey.objects.get(role="ombudsman").recovery
    officers.hand_over("ombudsman", NEW, WORDS, now=NOW)
    refused("shares-outdated", recover, shares[:2], NEW, now=NOW)
    assert opened(CASE) == WHO


def test_sheets_of_a_key_that_was_replaced_bring_its_identities_back(keyed: Town) -> None:
    """Somebody made a new key for a forgotten passphrase, and finds the sheets afterwards."""
    shares = make_shares("ombudsman", WORDS)
    officers.create_officer_key("ombudsman", NEW, now=NOW, replace=True)
    sealed(LATER)
    assert opened(LATER, ombudsman=NEW) == WHO
    refused("share-of-former-key", opened, CASE, ombudsman=NEW)
    refused("shares-same", recover, (shares[0], shares[0]), "", now=NOW)
    # The key in use stays, with its passphrase; nobody needs a new one.
    assert recover(shares[1:], "", now=NOW) == ("ombudsman", 2)
    assert opened(CASE, ombudsman=NEW) == opened(LATER, ombudsman=NEW) == WHO
    assert [key.generation for key in OfficerKey.objects.filter(role="ombudsman")] == [1, 2]
    refused("shares-outdated", recover, shares[:2], "", now=NOW)


def test_a_third_sheet_is_no_passphrase(keyed: Town) -> None:
    one, two, three = make_shares("ombudsman", WORDS)
    refused("passphrase-is-a-share", recover, (one, two), three.text, now=NOW)
    refused("passphrase-is-a-share", officers.change_passphrase, "ombudsman", WORDS, one.text)
    assert opened(CASE) == WHO


def test_officers_come_and_go_and_each_generation_opens_all_of_its_time(keyed: Town) -> None:
    """Three turnovers, one of them by recovery: every identity still opens, with the newest."""
    names = [CASE]
    held = WORDS
    for turn in range(3):
        fresh = f"{NEW} turn{turn}"
        if turn == 1:
            recover(make_shares("privacy_officer", held)[1:], fresh, now=NOW)
        else:
            officers.hand_over("privacy_officer", held, fresh, now=NOW)
        case = f"{turn}" * 32
        sealed(case)
        names.append(case)
        for name in names:
            assert opened(name, privacy_officer=fresh) == WHO
            refused("passphrase-wrong", opened, name, privacy_officer=held)
        held = fresh
    assert [key.generation for key in queries.officer_keys() if key.role == "privacy_officer"] == [
        1, 2, 3, 4,
    ]  # fmt: skip


# -- the command --------------------------------------------------------------------------------


def run(monkeypatch: pytest.MonkeyPatch, *argv: str, typed: str = "") -> int:
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    return command.main(list(argv))


def printed(folder: Path) -> list[str]:
    """The groups on each sheet, as somebody would copy them from paper."""
    found = []
    for path in sorted(folder.glob("*.pdf")):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        words = PdfReader(path).pages[0].extract_text()
        groups = re.findall(r"\b[0-9A-HJKMNP-TV-Z]{5}\b", words)
        found.append("-".join(groups[:10]))
    return found


@pytest.mark.parametrize("language", ["en", "zh-Hans", "zh-Hant"])
def test_from_the_set_up_to_the_recovery_at_the_machine(
    keyed: Town,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    language: str,
) -> None:
    folder = tmp_path / "sheets"
    argv = ("create-key", "ombudsman", "--replace", "--shares", str(folder), "--lang", language)
    assert run(monkeypatch, *argv, "--passphrase-stdin", typed=f"{WORDS}\n") == 0
    sheets = printed(folder)
    assert len(sheets) == 3 and len(set(sheets)) == 3
    assert [recovery.parse(sheet).place for sheet in sheets] == [1, 2, 3]
    title = {"en": "Share 1 of 3", "zh-Hans": "三份之第", "zh-Hant": "三份之第"}[language]
    page = PdfReader(folder / "ombudsman-share-1.pdf").pages[0]
    assert title in page.extract_text()
    sealed(LATER)
    typed = f"{sheets[0]}\n{sheets[2].lower()}\n{NEW}\n"
    assert run(monkeypatch, "recover", "--passphrase-stdin", typed=typed) == 0
    assert opened(LATER, ombudsman=NEW) == WHO
    said = capsys.readouterr()
    for secret in (WORDS, NEW, *sheets):
        assert secret not in said.out + said.err
    assert registered() == [
        ("officer-key-made", {"role": "ombudsman", "generation": 2}),
        ("officer-shares-printed", {"role": "ombudsman", "generation": 2}),
        ("officer-key-recovered", {"role": "ombudsman", "generation": 3}),
    ]
    assert {e.event_class for e in ceremonies()} == {"administered"}
    assert check().faults == ()


def test_every_ceremony_is_an_event_and_a_refused_one_is_none(
    keyed: Town, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    one = ("--passphrase-stdin",)
    typed = f"{WORDS}\n{NEW}\n"
    assert run(monkeypatch, "change-passphrase", "ombudsman", *one, typed=typed) == 0
    assert run(monkeypatch, "hand-over", "privacy_officer", *one, typed=typed) == 0
    assert run(monkeypatch, "hand-over", "privacy_officer", *one, typed=typed) == 1
    wrong = ("print-shares", str(tmp_path / "x"), "ombudsman", *one)
    assert run(monkeypatch, *wrong, typed=f"{WORDS}\n") == 1
    assert not (tmp_path / "x").exists()
    assert [act for act, _ in registered()] == [
        "officer-passphrase-changed",
        "officer-key-handed-over",
    ]


def test_a_folder_that_cannot_be_written_changes_nothing(
    keyed: Town,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    (tmp_path / "letter.txt").write_text("kept")
    inside_a_file = str(tmp_path / "letter.txt" / "sheets")
    for argv in (
        ("create-key", "ombudsman", "--replace", "--shares", inside_a_file),
        ("print-shares", inside_a_file, "ombudsman"),
    ):
        assert run(monkeypatch, *argv, "--passphrase-stdin", typed=f"{WORDS}\n") == 1
        assert "cannot be written" in capsys.readouterr().err
    # A disk that is full only while the sheets are written ends that ceremony too.
    monkeypatch.setattr("os.fdopen", lambda *_: (_ for _ in ()).throw(OSError(28, "disk full")))
    argv = ("print-shares", str(tmp_path / "sheets"), "ombudsman")
    assert run(monkeypatch, *argv, "--passphrase-stdin", typed=f"{WORDS}\n") == 1
    assert "disk full" in capsys.readouterr().err
    assert registered() == [] and not OfficerKey.objects.exclude(recovery=b"").exists()
    assert queries.current_officers()["ombudsman"].generation == 1


def test_input_that_ends_too_early_changes_nothing(
    keyed: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def nobody(prompt: str) -> str:
        raise EOFError

    monkeypatch.setattr("getpass.getpass", nobody)
    for argv in (["recover"], ["change-passphrase", "ombudsman"], ["hand-over", "ombudsman"]):
        assert command.main(argv) == 1
        assert "ended before everything was typed" in capsys.readouterr().err
    assert registered() == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("exchange", "officer-key-changed"),
        ("bring an old one back", "officer-key-changed"),
        ("add", "officer-key-unregistered"),
        ("take away", "officer-key-missing"),
    ],
)
def test_a_key_changed_in_the_database_is_found_and_named(
    keyed: Town, monkeypatch: pytest.MonkeyPatch, change: str, code: str
) -> None:
    typed = f"{WORDS}\n{NEW}\n"
    assert run(monkeypatch, "hand-over", "ombudsman", "--passphrase-stdin", typed=typed) == 0
    assert check().faults == ()
    rows = OfficerKey.objects.filter(role="ombudsman")
    if change == "exchange":
        rows.filter(generation=2).update(public=sealing.public_of(os.urandom(32)))
        # The officer is told at the next use, before anything opens.
        refused("officer-key-foreign", opened, CASE, ombudsman=NEW)
    elif change == "bring an old one back":
        rows.update(retired=NOW)
        rows.filter(generation=1).update(retired=None)
    elif change == "add":
        rows.update(retired=NOW)
        OfficerKey.objects.create(role="ombudsman", generation=3, public=os.urandom(32),
                                  sealed_private=b"", created=NOW)  # fmt: skip
    else:
        rows.filter(generation=1).delete()
    fault = check().faults[0]
    assert (fault.place, fault.code) == ("officer-key", code)
    assert str(fault.where).startswith("ombudsman/")


def test_the_sheets_go_to_an_empty_folder_elsewhere(
    keyed: Town,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    settings: Any,
) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "letter.txt").write_text("kept")
    inside = Path(settings.HUIYIN_KEYS_DIR) / "sheets"
    for folder, says in ((tmp_path / "full", "not an empty folder"), (inside, "every backup")):
        argv = ("create-key", "ombudsman", "--replace", "--shares", str(folder))
        assert run(monkeypatch, *argv, "--passphrase-stdin", typed=f"{WORDS}\n") == 1
        assert says in capsys.readouterr().err
    assert queries.current_officers()["ombudsman"].generation == 1
    assert registered() == [] and not inside.exists()


def test_the_command_recovers_a_replaced_key_without_a_new_passphrase(
    keyed: Town,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    one, two, _ = (share.text for share in make_shares("ombudsman", WORDS))
    replace = ("create-key", "ombudsman", "--replace", "--passphrase-stdin")
    assert run(monkeypatch, *replace, typed=f"{NEW}\n") == 0
    assert run(monkeypatch, "recover", "--passphrase-stdin", typed=f"{one}\n{two}\n") == 0
    said = capsys.readouterr().out
    assert "key 1 is not the one in use" in said and "now open with key 2" in said
    assert opened(CASE, ombudsman=NEW) == WHO
    assert registered()[-1] == (
        "officer-key-recovered",
        {"role": "ombudsman", "generation": 2, "former": 1},
    )
    # A refused one changes nothing, and is no event.
    assert run(monkeypatch, "recover", "--passphrase-stdin", typed=f"{one}\n{two}\n") == 1
    assert "not those of a key" in capsys.readouterr().err
    assert len(registered()) == 2


def test_a_slip_is_asked_again_by_its_group(
    keyed: Town, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two, _ = (share.text for share in make_shares("ombudsman", WORDS))
    slip = one[:-1] + ("0" if one[-1] != "0" else "2")
    answers = iter([slip, one, two, NEW, NEW])
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(answers))
    assert command.main(["recover"]) == 0
    assert "Group 10 of the share" in capsys.readouterr().err
    assert next(answers, None) is None
    assert datetime.now(UTC) > NOW
