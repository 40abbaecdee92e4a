"""Whatever stands in a file or an answer, the commands of outsiders say it in words.

Receipts, checkpoints, policies, keys, the folder of a witness, the state of a monitor, what a
register serves: each spoilt hundreds of times. Never a traceback, never “valid” or “sound” for
what was changed where it counts, never more than the report or one line.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from huiyin.commands import monitor, verify, witness
from huiyin.domain import leaves, merkle, notes, tiles
from huiyin.domain.witnessing import Submission, judge
from huiyin.register.witness_folder import WitnessFolder
from tests.domain.receipt_world import GOOD, LOG, VKEY, bent, dump, signer
from tests.hostile import spoilt

COUNT = 60
Say = Callable[[], str]
Main = Callable[[list[str]], int]


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str]) -> Say:
    def take() -> str:
        captured = capsys.readouterr()
        return captured.out + captured.err

    return take


def ask(main: Main, said: Say, *arguments: str) -> tuple[int, str]:
    """Run a command: its status is one of three, its words are few and printable."""
    status = main([*arguments, "--lang", "en"])
    words = said()
    assert status in (0, 1, 2), words
    assert words.strip() and "Traceback" not in words
    assert len(words) < 20_000 and all(c.isprintable() or c in "\n\t" for c in words)
    return status, words


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "good.receipt.json"
    path.write_bytes(dump(GOOD))
    return path


def test_receipts(tmp_path: Path, said: Say) -> None:
    """A changed receipt may only be valid if the change is in what proves nothing."""
    path, kept = tmp_path / "receipt.json", dump(bent(how={}, issued=""))
    for data in spoilt(kept, 1, 4 * COUNT):
        path.write_bytes(data)
        status, words = ask(verify.main, said, str(path), "--vkey", VKEY)
        if status == 0:
            assert _same_but_for_form(data, kept), words


def _same_but_for_form(data: bytes, kept: bytes) -> bool:
    """White space between the parts, or the two fields that no proof covers."""
    said, good = leaves.parse_object(data), leaves.parse_object(kept)
    free = {"how", "issued"}
    known = good.keys() - free
    return all(said[name] == good[name] for name in known)


def test_checkpoints_and_policies_from_elsewhere(tmp_path: Path, good: Path, said: Say) -> None:
    other = tmp_path / "other"
    watcher = signer("witness.example", 5, notes.COSIGNATURE).key
    rules = f"log {VKEY}\nwitness w {watcher}\ngroup g 1 w\nquorum g\n".encode()
    for option, whole in (("--checkpoint", LOG.checkpoint().encode()), ("--witness-policy", rules)):
        for data in spoilt(whole, 2, COUNT):
            other.write_bytes(data)
            status, words = ask(verify.main, said, str(good), option, str(other))
            if option == "--witness-policy":  # the witness never signed this receipt
                assert status != 0 or b"quorum none" in data, words
            elif data != whole:
                assert status == 1 or "shows the same state" not in words, data


def test_keys(good: Path, said: Say) -> None:
    for data in spoilt(VKEY.encode(), 3, COUNT):
        text = data.decode("utf-8", "replace").replace("\x00", "?")[:1000]
        status, words = ask(verify.main, said, str(good), f"--vkey={text}")
        assert status == 2 or text == VKEY, words


@pytest.mark.parametrize("path", ["/", "/dev/null", "/nowhere/at/all", "x" * 300])
def test_paths_that_are_no_files(path: str, good: Path, said: Say) -> None:
    for arguments in (
        [path], [str(good), "--checkpoint", path], [str(good), "--witness-policy", path],
        [path, "--identity", path],
    ):  # fmt: skip
        assert ask(verify.main, said, *arguments)[0] in (1, 2)


# A witness --------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, said: Say) -> WitnessFolder:
    where = tmp_path / "witness"
    assert witness.main(["init", str(where), "--name", "w.example", "--log", VKEY]) == 0
    said()
    found = WitnessFolder(where)
    answer = judge(SUBMISSION, found.logs(), found.latest(), found.signer, 1_770_000_000)
    assert answer.keep is not None
    found.remember(*answer.keep)
    return found


SUBMISSION = Submission(0, (), LOG.checkpoint()).to_bytes()


def test_submissions(folder: WitnessFolder) -> None:
    signed = notes.parse_note(LOG.checkpoint()).text.encode()
    for data in spoilt(SUBMISSION, 4, 4 * COUNT):
        answer = judge(data, folder.logs(), {}, folder.signer, 1_770_000_000)
        assert answer.status in (200, 400, 403, 404, 409, 422)
        if answer.status == 200:  # only further signature lines may differ
            assert b"\n\n" + signed in data
        assert "\n" in answer.body and len(answer.body) < 400


def test_files_of_a_witness(folder: WitnessFolder, said: Say) -> None:
    seen = folder.path_of(LOG.signer.name)
    for path in (folder.folder / "witness.key", folder.folder / "logs", seen):
        whole = path.read_bytes()
        for data in spoilt(whole, 5, COUNT):
            path.write_bytes(data)
            status, words = ask(witness.main, said, "show", str(folder.folder))
            if path == seen and status == 0:
                assert notes.parse_note(data.decode()).text == LOG_TEXT, words
            ask_to_follow(folder, said)
        path.write_bytes(whole)
        (folder.folder / "logs").write_text(f"log {VKEY}\n", "utf-8")


LOG_TEXT = notes.parse_note(LOG.checkpoint()).text


def ask_to_follow(folder: WitnessFolder, said: Say) -> None:
    try:
        assert witness.main(["follow", str(folder.folder), VKEY]) in (0, 2)
    finally:
        assert "Traceback" not in said()


def test_a_witness_that_cannot_be_made_leaves_nothing_behind(tmp_path: Path, said: Say) -> None:
    where = tmp_path / "new"
    status, _ = ask(witness.main, said, "init", str(where), "--name", "w", "--log", "nonsense")
    assert (status, where.exists()) == (2, False)
    assert ask(witness.main, said, "init", str(where), "--name", "a b")[0] == 2
    assert not where.exists()
    with pytest.raises(SystemExit) as stopped:
        witness.main(["run", str(where), "--port", "99999"])
    assert stopped.value.code == 2 and "0 to 65535" in said()


# A monitor --------------------------------------------------------------------------------------

LEAVES = [leaves.leaf_bytes("registered", "2025-02-01", bytes([n]) * 32) for n in range(5)]


class Served(BaseHTTPRequestHandler):
    """A register of five leaves; what it serves can be exchanged."""

    files: ClassVar[dict[str, bytes]] = {}

    def do_GET(self) -> None:
        """A file or 404."""
        body = self.files.get(self.path.removeprefix("/ledger"))
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@pytest.fixture
def url() -> Iterator[str]:
    hashes = [merkle.leaf_hash(leaf) for leaf in LEAVES]
    root = merkle.Frontier().extend(hashes).root()
    Served.files = {
        "/checkpoint": notes.sign_checkpoint(5, root, LOG.signer).encode(),
        "/tile/0/000.p/5": b"".join(hashes),
        "/tile/entries/000.p/5": tiles.bundle(LEAVES),
    }
    server = ThreadingHTTPServer(("127.0.0.1", 0), Served)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/ledger"
    server.shutdown()
    server.server_close()
    thread.join()


def test_what_a_register_serves(url: str, tmp_path: Path, said: Say) -> None:
    whole, state = dict(Served.files), tmp_path / "state"
    call = (url, "--vkey", VKEY, "--state", str(state))
    assert ask(monitor.main, said, *call)[0] == 0
    for name, body in whole.items():
        for data in spoilt(body, 6, COUNT // 2):
            Served.files = whole | {name: data}
            state.unlink(missing_ok=True)
            status, words = ask(monitor.main, said, *call)
            assert status != 0 or data == body or name == "/checkpoint", (name, words)
            if name == "/checkpoint" and status == 0:  # only further signature lines may differ
                assert data.startswith(body)


def test_the_state_of_a_monitor(url: str, tmp_path: Path, said: Say) -> None:
    state = tmp_path / "state"
    assert ask(monitor.main, said, url, "--vkey", VKEY, "--state", str(state))[0] == 0
    whole = state.read_bytes()
    for data in spoilt(whole, 7, COUNT):
        state.write_bytes(data)
        ask(monitor.main, said, url, "--state", str(state))


@pytest.mark.parametrize(
    "address",
    ["x", "http://", "http://127.0.0.1:1/ledger", "file:///etc/passwd", "http://[::1",
     "http://a b/", "http://127.0.0.1:99999/", "http://\u202e/", f"http://{'a' * 300}.example/"],
)  # fmt: skip
def test_addresses(address: str, tmp_path: Path, said: Say) -> None:
    call = (address, "--vkey", VKEY, "--state", str(tmp_path / "state"))
    assert ask(monitor.main, said, *call)[0] == 2
    assert not (tmp_path / "state").exists()
