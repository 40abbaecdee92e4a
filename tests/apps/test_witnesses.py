"""Three witnesses as real processes: all follow, one is killed, one was lied to with a fork."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult

from huiyin.commands import ledger, verify, witness
from huiyin.domain import merkle, notes
from huiyin.domain.policies import parse_policy
from huiyin.domain.verification import verify_receipt
from huiyin.domain.witnessing import MAX_BODY, Submission
from huiyin.register import keys as log_keys
from huiyin.register import queries, schedule
from huiyin.register.models import Cosigned
from huiyin.register.receipts import Opening, make_receipt
from huiyin.register.sending import add_checkpoint, get, request
from huiyin.register.witness_folder import WitnessFolder
from huiyin.register.witnessing import Standings, standings, submit

from .register_world import append, case, fill
from .witness_world import ROOT, Watcher, make, name_in_settings, policy

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
CASE = "HY-2026-000001"


def now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def three(tmp_path: Path, settings: Any) -> Iterator[list[Watcher]]:
    watchers = [make(tmp_path, name) for name in ("ombudsman", "university", "press")]
    for watcher in watchers:
        watcher.start()
    name_in_settings(settings, tmp_path / "witnesses", policy(watchers, 2))
    yield watchers
    for watcher in watchers:
        watcher.kill()


def troubles(found: Standings) -> dict[str, str]:
    return {one.name: one.trouble for one in found.witnesses}


def receipt_of(written: list[Any], number: str = CASE) -> bytes:
    indexes = [one.first_index for one in written]
    _, proofs = queries.receipt_proofs(indexes)
    events = [
        Opening(one.bodies[0], one.keys[0], one.leaves[0], proof)
        for one, proof in zip(written, proofs, strict=True)
    ]
    return make_receipt(number=number, vkey=queries.vkey(), issued=now(), events=events)


def test_three_follow_one_dies_and_comes_back(three: list[Watcher]) -> None:
    written = case(CASE, 3)
    found = submit(now())
    assert troubles(found) == {"ombudsman": "", "university": "", "press": ""}
    assert [one.size for one in found.witnesses] == [3, 3, 3]
    assert (found.enough_size, found.loud) == (3, False)

    three[2].kill()
    append(b"x", b"y")
    found = submit(now())
    assert troubles(found) == {"ombudsman": "", "university": "", "press": "witness-unreachable"}
    assert [(one.size, one.behind) for one in found.witnesses] == [(5, 0), (5, 0), (3, 2)]
    assert (found.enough_size, found.loud) == (5, True)  # two of three are enough, but it is loud
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/register/").content.decode()
    assert "The witness press does not answer." in page
    assert "ConnectionRefusedError" not in page  # that is for staff

    three[0].kill()
    append(b"z")
    assert submit(now()).enough_size == 5  # one of three is not

    for at in (0, 2):
        three[at].start()
    found = submit(now())
    assert troubles(found) == {"ombudsman": "", "university": "", "press": ""}
    assert (found.enough_size, [one.size for one in found.witnesses]) == (6, [6, 6, 6])
    check_receipts(three, written)


def check_receipts(three: list[Watcher], written: list[Any]) -> None:
    """A receipt proves against the newest witnessed checkpoint, not against a newer one."""
    append(b"not yet witnessed")
    text = policy(three, 3)
    verdict = verify_receipt(receipt_of(written), policy=parse_policy(text))
    codes = [finding.code for finding in verdict.findings]
    assert (verdict.status, verdict.size, codes.count("proved-witness")) == ("valid", 6, 3)
    other = receipt_of(case("HY-2026-000002", 1), "HY-2026-000002")
    assert verify_receipt(other).status == "valid"
    verdict = verify_receipt(other, policy=parse_policy(text))
    assert "witness-quorum-missing" in [finding.code for finding in verdict.findings]


def test_a_fork_is_caught(three: list[Watcher], caplog: pytest.LogCaptureFixture) -> None:
    """The office shows the press a register of its own, signed with the same key."""
    leaves = fill(20)
    assert not submit(now()).loud
    lie = [*leaves[:19], *(merkle.leaf_hash(b"lie %d" % n) for n in range(6))]
    before = WitnessFolder(three[2].folder).latest()[log_keys.signer().name]
    # Nobody can hand the press a proof from the true tree of 20 to the lie ...
    root = merkle.Frontier().extend(lie).root()
    note = notes.sign_checkpoint(25, root, log_keys.signer())
    forged = Submission(20, tuple(queries.consistency(19, 20)), note)
    assert add_checkpoint(three[2].url, forged.to_bytes()).status == 422
    assert three[2].seen() == before
    # ... so it can only be led astray from the beginning, and is caught when it meets the truth.
    three[2].kill()
    WitnessFolder(three[2].folder).path_of(log_keys.signer().name).unlink()
    three[2].start()
    assert add_checkpoint(three[2].url, Submission(0, (), note).to_bytes()).status == 200
    assert troubles(submit(now()))["press"] == "witness-ahead"
    append(*(b"true %d" % n for n in range(10)))
    found = submit(now())
    assert troubles(found) == {"ombudsman": "", "university": "", "press": "witness-fork"}
    assert found.loud
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/register/").content.decode()
    assert "THE WITNESS press HAS SEEN ANOTHER REGISTER" in page
    schedule.complain(found)
    assert "HAS SEEN ANOTHER REGISTER" in caplog.text
    assert ledger.main(["submit", "--lang", "en"]) == 1
    # What the witness holds is evidence for anybody: two signed states that exclude each other.
    origin = log_keys.signer().name
    name = WitnessFolder(three[2].folder).path_of(origin).name
    held = get(f"{three[2].url}/{name}/checkpoint").body.decode()
    seen, _ = notes.open_checkpoint(held, log_keys.signer().key)
    assert (seen.size, seen.root) == (25, root)
    assert three[0].seen() != seen


def test_a_register_that_was_rolled_back_is_seen_by_witnesses(three: list[Watcher]) -> None:
    fill(10)
    submit(now())
    older = notes.sign_checkpoint(7, bytes(32), log_keys.signer())
    assert add_checkpoint(three[0].url, Submission(7, (), older).to_bytes()).body == b"10\n"


def test_the_checkpoint_is_published_with_its_cosignatures(three: list[Watcher]) -> None:
    fill(4)
    submit(now())
    note = Client().get("/ledger/checkpoint").content.decode()
    keys = [WitnessFolder(w.folder).signer.key for w in three]
    _, opened = notes.open_checkpoint(note, log_keys.signer().key, keys)
    assert all(notes.cosigned_at(opened, key) for key in keys)
    append(b"newer")
    assert Client().get("/ledger/checkpoint").content.decode() == queries.head().checkpoint
    submit(now())
    submit(now())
    assert Cosigned.objects.get(size=5).note.count("\u2014") == 4  # a second round adds nothing


def test_what_was_answered_survives_a_kill(three: list[Watcher]) -> None:
    for size in range(1, 6):
        append(b"leaf %d" % size)
        submit(now())
        three[0].kill()
        seen = three[0].seen()
        assert seen is not None and seen.size == size
        three[0].start()


def test_two_submissions_at_once_never_roll_back(three: list[Watcher]) -> None:
    hashes = fill(40)
    bodies = []
    for size in range(1, 41):
        note = notes.sign_checkpoint(
            size, merkle.Frontier().extend(hashes[:size]).root(), log_keys.signer()
        )
        bodies.append(Submission(0, (), note).to_bytes())
    statuses: list[int] = []
    threads = [
        threading.Thread(target=lambda b=b: statuses.append(add_checkpoint(three[0].url, b).status))
        for b in bodies
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200, *[409] * 39]  # one first visit, and nobody after it


def test_hostile_requests(three: list[Watcher]) -> None:
    url = f"{three[0].url}/add-checkpoint"
    assert request("POST", url, b"x" * (MAX_BODY + 1)).status == 400
    assert request("POST", url, b"\xff\x00").status == 400
    assert request("POST", f"{three[0].url}/other", b"").status == 404
    assert get(url).status == 404
    assert get(f"{three[0].url}/{'0' * 64}/checkpoint").status == 404
    assert get(f"{three[0].url}/../witness.key").status == 404
    for head in (
        b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /add-checkpoint HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999\r\n\r\n",
    ):
        with socket.create_connection(("127.0.0.1", three[0].port), timeout=20) as raw:
            raw.sendall(head)
            assert b" 400 " in raw.recv(200)
    assert request("PUT", url, b"x").status == 501
    connection = http.client.HTTPConnection("127.0.0.1", three[0].port, timeout=20)
    for _ in range(2):  # keep-alive
        connection.request("POST", "/add-checkpoint", b"nonsense")
        assert connection.getresponse().read() == b"malformed: submission-malformed\n"
    connection.close()


def test_addresses_that_are_none() -> None:
    for url in ("", "ftp://x/", "http://", "http://a b/", "http://127.0.0.1:1/x y", "file:///etc"):
        assert add_checkpoint(url, b"").status == 0
    assert "Refused" in get("http://127.0.0.1:9/").problem


def test_a_witness_does_not_start_with_a_damaged_memory(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fill(3)
    watcher = make(tmp_path, "press")
    watcher.start()
    submission = Submission(0, (), queries.head().checkpoint).to_bytes()
    assert add_checkpoint(watcher.url, submission).status == 200
    assert witness.main(["run", str(watcher.folder), "--lang", "en"]) == 2
    assert "runs in" in capsys.readouterr().err
    path = WitnessFolder(watcher.folder).path_of(log_keys.signer().name)
    text = path.read_text("utf-8")
    path.write_text(text.replace("\n3\n", "\n2\n"), "utf-8")
    assert add_checkpoint(watcher.url, submission).status == 500
    watcher.kill(signal.SIGTERM)
    assert witness.main(["run", str(watcher.folder), "--port", "0", "--lang", "en"]) == 2
    assert "Do not delete it" in capsys.readouterr().err
    assert witness.main(["init", str(watcher.folder), "--name", "x", "--lang", "en"]) == 2
    assert witness.main(["show", str(tmp_path / "nowhere"), "--lang", "en"]) == 2
    assert witness.main(["follow", str(watcher.folder), "nonsense", "--lang", "en"]) == 2
    path.write_text(text, "utf-8")
    assert witness.main(["show", str(watcher.folder)]) == 0
    assert f"{queries.vkey()}\t3\t" in capsys.readouterr().out


def test_witness_needs_no_django(tmp_path: Path) -> None:
    code = (
        "import sys; from huiyin.cli import main; status = main(sys.argv[1:]);"
        "assert 'django' not in sys.modules; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "witness", "init", str(tmp_path / "w"), "--name", "w.example"],
        capture_output=True, text=True, check=True, cwd=ROOT,
    )  # fmt: skip
    assert done.stdout.startswith("w.example+")
    assert (tmp_path / "w" / "witness.key").stat().st_mode & 0o777 == 0o600


def test_lagging_is_told_after_three_rounds(three: list[Watcher], settings: Any) -> None:
    fill(3)
    submit(now())
    append(b"x")
    soon, late = now() + timedelta(minutes=20), now() + timedelta(minutes=31)
    for at, trouble in ((soon, ""), (late, "witness-lags")):
        found = standings(at)
        assert found is not None and set(troubles(found).values()) == {trouble}


def test_a_wrong_policy_is_told_and_breaks_no_page(settings: Any, tmp_path: Path) -> None:
    name_in_settings(settings, tmp_path / "witnesses", "quorum nobody")
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/register/")
    assert page.status_code == 200
    assert "which no line before it defines" in page.content.decode()
    settings.HUIYIN_WITNESSES = tmp_path / "secret-place"
    page = Client(HTTP_ACCEPT_LANGUAGE="en").get("/register/")
    assert page.status_code == 200 and "secret-place" not in page.content.decode()


def test_jobs_leave_one_next_job_behind(three: list[Watcher], settings: Any) -> None:
    fill(3)

    def waiting() -> list[Any]:
        return list(DBTaskResult.objects.filter(status="READY").order_by("enqueued_at"))

    assert schedule.begin() is True
    assert schedule.begin() is False
    (first,) = waiting()
    DBTaskResult.objects.filter(pk=first.pk).update(status="RUNNING")
    assert schedule.submit_checkpoint.func() == "fine"
    (second,) = waiting()
    assert second.run_after > now() + timedelta(minutes=settings.HUIYIN_WITNESS_MINUTES - 1)
    assert schedule.begin() is False
    three[0].kill()
    append(b"x")
    assert schedule.submit_checkpoint.func() == "trouble"
    assert waiting() == [second]  # a second chain ends by itself
    settings.HUIYIN_WITNESSES = None
    DBTaskResult.objects.all().delete()
    assert schedule.begin() is False


def test_verify_with_a_policy_file(
    three: list[Watcher], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = case(CASE, 2)
    submit(now())
    receipt, mine = tmp_path / "r.json", tmp_path / "policy"
    receipt.write_bytes(receipt_of(written))
    mine.write_text(policy(three, 3), "utf-8")
    arguments = [str(receipt), "--witness-policy", str(mine), "--lang", "en"]
    assert verify.main([*arguments, "--json"]) == 0
    codes = [finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]]
    assert codes.count("proved-witness") == 3 and "proved-quorum" in codes
    mine.write_text(policy(three[:2], 2).replace("quorum all", "quorum some"), "utf-8")
    assert verify.main(arguments) == 2
    assert "Line 5 of the policy" in capsys.readouterr().err
    assert verify.main([*arguments[:2], str(tmp_path / "none")]) == 2
