"""The walls of the reading process, tried from inside: each child below does what it must not."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from huiyin.cleaning import confining
from huiyin.cleaning.confining import ALL, CALLS, LANDLOCK, NETWORK, landlock_version
from huiyin.cleaning.running import environment, walls

HELD = walls()
needs_landlock = pytest.mark.skipif(LANDLOCK not in HELD, reason="needs a kernel with Landlock")
needs_calls = pytest.mark.skipif(CALLS not in HELD, reason="needs a kernel with seccomp")
needs_network = pytest.mark.skipif(NETWORK not in HELD, reason="needs network namespaces")


def tried(code: str, path: Path | str = "") -> str:
    """What came of ``code`` in a confined child: its output, or the name of the error."""
    whole = (
        "import os, socket, subprocess, sys, ctypes\n"
        "from huiyin.cleaning.confining import confine_reader\n"
        f"path = {str(path)!r}\nconfine_reader()\n"
        f"try:\n    print({code})\nexcept OSError as error:\n    print(type(error).__name__)\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", whole],
        env=environment(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    return done.stdout.strip() or done.stderr


def test_the_walls_are_told_in_order_and_no_other() -> None:
    assert [name for name in ALL if name in HELD] == list(HELD)
    assert landlock_version() == 0 or LANDLOCK in HELD
    status = tried("[l for l in open('/usr/lib/os-release')][0][:1] != ''")
    assert status == "True", "programs of the machine can be read"


@needs_landlock
def test_a_key_beside_cannot_be_read_nor_a_file_written(tmp_path: Path) -> None:
    key = tmp_path / "vault.key"
    key.write_text("secret")
    assert tried("open(path).read()", key) == "PermissionError"
    assert tried("os.listdir(path)", tmp_path) == "PermissionError"
    assert tried("open(path, 'w')", tmp_path / "new") == "PermissionError"
    assert tried("os.unlink(path)", key) == "PermissionError"
    assert tried("open('/proc/self/environ').read()") == "PermissionError"
    assert tried("open('/etc/passwd').read()") == "PermissionError"
    assert key.read_text() == "secret" and list(tmp_path.iterdir()) == [key]


@needs_landlock
def test_no_program_is_started() -> None:
    assert tried("subprocess.run(['/bin/true']).returncode") == "PermissionError"
    assert tried("os.execv('/bin/true', ['true'])") == "PermissionError"


@needs_calls
def test_no_socket_of_any_kind() -> None:
    for family in ("AF_INET", "AF_INET6", "AF_UNIX"):
        assert tried(f"socket.socket(socket.{family})") == "PermissionError"


@needs_calls
def test_no_look_into_another_process() -> None:
    attach = "ctypes.CDLL(None).ptrace(16, os.getppid(), 0, 0)"
    assert tried(attach) == "-1"


@needs_network
def test_its_network_is_empty() -> None:
    assert tried("sorted(n for _, n in socket.if_nameindex())") in ("['lo']", "PermissionError")


def test_a_filter_of_calls_kills_another_architecture_and_lets_the_rest() -> None:
    """The program as bytes: eight each, the first loads the architecture, the last lets through."""
    program = confining._program(0xC000003E, [41, 59])
    assert all(len(step) == 8 for step in program)
    assert program[0] == bytes.fromhex("2000000004000000")
    assert program[-1] == bytes.fromhex("060000000000ff7f")
    assert program[2] == bytes.fromhex("0600000000000080"), "kill"
    assert program.count(bytes.fromhex("0600000001000500")) == 3, "EPERM: two calls and x32"


def test_without_any_wall_a_file_is_still_cleaned(monkeypatch: pytest.MonkeyPatch) -> None:
    """An old kernel: the functions say what they could not do and raise nothing."""

    class Nothing:
        def prctl(self, *given: object) -> int:
            return -1

        syscall = unshare = prctl

    monkeypatch.setattr(confining, "_libc", Nothing())
    assert confining.landlock_version() == 0
    assert confining.confine_reader() == ()
    confining.confine_program(Path("/dev/shm"))
