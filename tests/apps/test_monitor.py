"""``huiyin monitor``: an outsider sees growth, and every kind of cheating between two visits."""

from __future__ import annotations

import http.server
import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from huiyin.commands import monitor
from huiyin.domain import leaves, merkle, notes, tiles
from huiyin.domain.errors import Refusal
from huiyin.domain.policies import parse_policy
from huiyin.register import exporting, queries
from huiyin.register import keys as log_keys
from huiyin.register.monitoring import Memory, Visit, visit
from huiyin.register.sending import Reply
from huiyin.register.verdicts import LANGUAGES, say_monitor

from .register_world import append, replace_register

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("keys")]
TODAY = date(2026, 11, 20)
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)
URL = "http://testserver/ledger"
COUNTS = "http://testserver/register/counts.json"


def leaf(number: int, day: date = TODAY, name: str = "registered") -> bytes:
    return leaves.leaf_bytes(name, day.isoformat(), merkle.leaf_hash(b"%d" % number))


def grow(count: int, day: date = TODAY, name: str = "registered") -> None:
    size = queries.head().size
    append(*(leaf(size + n, day, name) for n in range(count)))


def fetch(url: str) -> Reply:
    """Through the real addresses, without a socket."""
    answer = Client().get(url.removeprefix("http://testserver"))
    return Reply(answer.status_code, answer.get("Content-Type", ""), answer.content)


def go(
    memory: Memory | None = None, at: datetime = AT, fetch: Callable[[str], Reply] = fetch,
    **options: Any,
) -> Visit:  # fmt: skip
    key = log_keys.signer().key
    found = visit(URL, key, memory or Memory(), fetch, at, counts_url=COUNTS, **options)
    for finding in found.findings:
        for language in LANGUAGES:
            assert "{" not in say_monitor(finding, language)
    return found


def codes(found: Visit) -> list[str]:
    return [finding.code for finding in found.findings]


def fault(found: Visit) -> str:
    assert (found.exit_status, found.memory) == (1, None)
    (failed,) = [finding for finding in found.findings if finding.kind == "failed"]
    return failed.code


def first(count: int = 300) -> Memory:
    grow(count)
    found = go()
    assert found.memory is not None
    return found.memory


def test_visits_of_an_honest_register() -> None:
    grow(300)
    found = go()
    assert codes(found) == [
        "monitor-signature", "monitor-first-visit", "monitor-days", "monitor-no-policy",
        "monitor-counts-agree",
    ]  # fmt: skip
    for count, days in ((0, 0), (1, 0), (211, 1), (1, 1), (600, 3), (0, 9)):
        grow(count, TODAY + timedelta(days=days), "answered") if count else None
        assert found.memory is not None
        found = go(found.memory, AT + timedelta(days=days))
        assert found.exit_status == 0, codes(found)
        assert "monitor-grown" in codes(found)
    assert found.memory is not None and found.memory.frontier.size == 1113


def test_a_register_that_grows_while_it_is_read() -> None:
    """The partial tiles of the older size are gone; the full ones take their place."""
    grow(250)
    note = fetch(f"{URL}/checkpoint")
    grow(50)

    def late(url: str) -> Reply:
        if url.endswith("/checkpoint"):
            return note
        return Reply(404) if ".p/" in url else fetch(url)

    found = go(fetch=late)
    assert found.memory is not None and found.memory.frontier.size == 250
    assert "monitor-counts-other-size" in codes(found)


def test_changed_removed_exchanged_and_added_in_between() -> None:
    memory = first(300)
    good = [queries.leaf_data([n])[n] for n in range(300)]
    changed = [*good[:7], leaf(9999), *good[8:]]
    lies = {
        "changed": [*changed, leaf(300)],
        "removed": [*good[:7], *good[8:], leaf(300), leaf(301)],
        "exchanged": [good[1], good[0], *good[2:], leaf(300)],
        "added": [leaf(777), *good],
    }
    for name, data in lies.items():
        replace_register(data)
        assert fault(go(memory)) == "monitor-fork", name
    replace_register(changed)
    assert fault(go(memory)) == "monitor-fork"
    replace_register(good[:299])
    assert fault(go(memory)) == "monitor-shrunk"
    replace_register(good)
    assert go(memory).exit_status == 0


def test_back_dating() -> None:
    memory = first()
    grow(1, TODAY - timedelta(days=1))  # clocks differ
    assert go(memory).exit_status == 0
    grow(1, TODAY - timedelta(days=2))
    assert fault(go(memory)) == "monitor-back-dated"


def test_back_dating_against_the_time_of_the_last_visit() -> None:
    """Nothing was registered for ten days; then an entry of the second day turns up."""
    memory = first()
    later = go(memory, AT + timedelta(days=10)).memory
    grow(1, TODAY + timedelta(days=2))
    found = go(later, AT + timedelta(days=11))
    assert fault(found) == "monitor-back-dated"
    assert "says 2026-11-22, but it was not there by 2026-11-30" in say_monitor(
        found.findings[-1], "en"
    )


def test_a_day_that_has_not_come() -> None:
    grow(3, TODAY + timedelta(days=2))
    assert fault(go()) == "monitor-future"


def test_entries_that_are_none() -> None:
    append(b"not an entry")
    assert fault(go()) == "monitor-leaf"


def spoiled(part: str, change: Callable[[bytes], bytes]) -> Callable[[str], Reply]:
    def read(url: str) -> Reply:
        reply = fetch(url)
        return Reply(200, "", change(reply.body)) if part in url else reply

    return read


def flip(at: int) -> Callable[[bytes], bytes]:
    return lambda data: data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def test_what_a_server_can_spoil() -> None:
    memory = first(300)
    grow(10)
    other = leaf(77_777)
    replaced = spoiled("entries/001", lambda d: tiles.bundle([*tiles.unbundle(d)[:-1], other]))
    assert fault(go(memory, fetch=replaced)) == "monitor-entries-differ"
    assert fault(go(fetch=replaced)) == "monitor-entries-differ"
    assert fault(go(fetch=spoiled("entries/000", lambda d: d[:-3]))) == "monitor-entries"
    short = spoiled("entries/000", lambda d: tiles.bundle(tiles.unbundle(d)[:-1]))
    assert fault(go(fetch=short)) == "monitor-entries"
    assert fault(go(fetch=spoiled("tile/1/000", flip(3)))) == "monitor-tiles"
    assert fault(go(fetch=spoiled("tile/0/001", lambda d: d[:-32]))) == "monitor-tiles"
    assert fault(go(fetch=spoiled("checkpoint", flip(30)))) == "monitor-checkpoint"
    assert fault(go(fetch=spoiled("checkpoint", lambda _: b"\xff" * 90))) == "monitor-checkpoint"
    huge = notes.sign_checkpoint(2**63 - 1, bytes(32), log_keys.signer()).encode()
    assert fault(go(fetch=spoiled("checkpoint", lambda _: huge))) == "monitor-too-many"
    larger = notes.sign_checkpoint(2**63, bytes(32), log_keys.signer()).encode()
    assert fault(go(fetch=spoiled("checkpoint", lambda _: larger))) == "monitor-checkpoint"


@pytest.mark.parametrize("part", ["checkpoint", "entries/000", "tile/0/001"])
def test_no_answer_is_no_verdict(part: str) -> None:
    grow(300)

    def absent(url: str) -> Reply:
        return Reply(0, problem="ConnectionRefusedError") if part in url else fetch(url)

    with pytest.raises(Refusal, match="monitor-unreachable"):
        go(fetch=absent)


def test_published_counts() -> None:
    grow(20)
    grow(3, name="answered")

    def said(change: Callable[[Any], None]) -> Callable[[str], Reply]:
        def rewrite(data: bytes) -> bytes:
            value = json.loads(data)
            change(value)
            return json.dumps(value).encode()

        return spoiled("counts.json", rewrite)

    assert fault(go(fetch=said(lambda v: v["counts"].pop()))) == "monitor-counts"
    assert fault(go(fetch=said(lambda v: v["counts"][0].update(count=2)))) == "monitor-counts"
    assert (
        fault(go(fetch=said(lambda v: v["counts"][0].pop("class")))) == "monitor-counts-malformed"
    )
    assert fault(go(fetch=spoiled("counts", lambda _: b"[1,2"))) == "monitor-counts-malformed"
    assert "monitor-counts-other-size" in codes(go(fetch=said(lambda v: v.update(counted=1))))
    gone = go(fetch=lambda url: Reply(404) if "counts" in url else fetch(url))
    assert "monitor-no-counts" in codes(gone)


def test_witnesses_of_ones_own_choice() -> None:
    grow(3)
    witness = notes.Signer.from_seed("press.example", b"W" * 32, notes.COSIGNATURE)
    policy = parse_policy(f"witness press {witness.key}\nquorum press")
    assert "monitor-not-witnessed" in codes(go(policy=policy))
    text = notes.parse_note(queries.head().checkpoint).text
    line = str(notes.cosign(text, witness, 1_790_000_000)).encode()
    found = go(policy=policy, fetch=spoiled("checkpoint", lambda note: note + line))
    assert "monitor-witnessed" in codes(found)


# The command --------------------------------------------------------------------------------------


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def site(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """The exported register on a server that knows nothing of Huiyin."""
    folder = tmp_path / "site" / "ledger"
    folder.mkdir(parents=True)
    handler = partial(Quiet, directory=str(folder.parent))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/ledger", folder
        server.shutdown()
        thread.join()


def test_the_command_remembers_and_keeps_evidence(
    site: tuple[str, Path], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url, folder = site
    state = tmp_path / "office.json"
    today = datetime.now(UTC).date()
    common = [url, "--state", str(state), "--lang", "en"]
    assert monitor.main(common) == 2
    assert "its key is needed" in capsys.readouterr().err
    assert monitor.main([*common, "--vkey", queries.vkey()]) == 2
    assert "does not answer as a register: 404" in capsys.readouterr().err
    grow(300, today)
    exporting.export(folder)
    assert monitor.main([*common, "--vkey", queries.vkey()]) == 0
    assert "this is the first visit" in capsys.readouterr().out
    grow(30, today)
    exporting.export(folder)
    assert monitor.main(common) == 0
    assert "From 300 to 330 entries it only grew" in capsys.readouterr().out
    remembered = state.read_bytes()
    assert len(remembered) < 2500
    replace_register([leaf(n + 5, today) for n in range(340)])
    for path in sorted(folder.rglob("*"), reverse=True):
        path.unlink() if path.is_file() else path.rmdir()
    exporting.export(folder)
    assert monitor.main(common) == 1
    said = capsys.readouterr().out
    assert "TWO REGISTERS" in said and "evidence for the ombudsman" in said
    evidence = (tmp_path / "office.json.evidence").read_text("utf-8")
    assert "\n330\n" in evidence and "\n340\n" in evidence
    assert state.read_bytes() == remembered
    state.write_bytes(remembered.replace(b'"edge": "', b'"edge": "AAAA'))
    assert monitor.main(common) == 2
    assert "not one that `huiyin monitor` wrote" in capsys.readouterr().err


def test_monitor_needs_no_django(site: tuple[str, Path], tmp_path: Path) -> None:
    url, folder = site
    grow(3, datetime.now(UTC).date())
    exporting.export(folder)
    code = (
        "import sys; from huiyin.cli import main; status = main(sys.argv[1:]);"
        "assert 'django' not in sys.modules; sys.exit(status)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "monitor", url, "--vkey", queries.vkey(), "--lang", "zh-Hant"],
        capture_output=True, text=True, cwd=tmp_path, check=False,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src"), "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    assert "登記簿只增不減。" in done.stdout
    assert len(list(tmp_path.glob("*.monitor.json"))) == 1


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"\xff", b"x" * 1_000_001, b'{"format":1}'])
def test_memories_that_are_none(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "state.json"
    path.write_bytes(data)
    assert monitor.main(["http://127.0.0.1:9/ledger", "--state", str(path)]) == 2
