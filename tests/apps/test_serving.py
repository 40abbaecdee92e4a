"""``huiyin serve`` as a terminal sees it: Ctrl-C ends the whole tree, in order, every time."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from tests.apps.test_register_processes import ROOT

pytestmark = pytest.mark.slow
ROUNDS = 3  # which of two signals arrived first used to be chance


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(data: Path) -> subprocess.Popen[str]:
    """The server in a process group of its own, as a shell starts it; returns once it answers."""
    port = _free_port()
    env = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "huiyin", "serve", "--data", str(data), "--port", str(port)],
        env=env | {"PYTHONPATH": str(ROOT / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    while process.poll() is None:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/"):
                return process
        except (urllib.error.URLError, ConnectionError):
            continue
    raise AssertionError(process.communicate()[0])


def test_ctrl_c_ends_all_processes_without_force(tmp_path: Path) -> None:
    for _ in range(ROUNDS):
        process = _start(tmp_path / "data")
        os.killpg(process.pid, signal.SIGINT)
        # Its output ends when the last of its processes has gone.
        said, _ = process.communicate(timeout=60)
        assert "refused to gracefully stop" not in said
        assert process.returncode == 0, said
