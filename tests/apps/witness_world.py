"""Witnesses as real processes on loopback, and an office that names them in its policy."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from huiyin.commands import witness
from huiyin.domain.notes import Checkpoint
from huiyin.register import queries
from huiyin.register.witness_folder import WitnessFolder

ROOT = Path(__file__).parents[2]


@dataclass
class Watcher:
    """One witness: its folder, and its process while it runs."""

    name: str
    folder: Path
    port: int = 0
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def vkey(self) -> str:
        return str(WitnessFolder(self.folder).signer.key)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Run it; returns when it has said where it listens. Later starts keep the port."""
        self.process = subprocess.Popen(
            [sys.executable, "-m", "huiyin", "witness", "run", str(self.folder), "--port",
             str(self.port)],
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")},
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self.process.stdout is not None
        address = self.process.stdout.readline()
        assert address.startswith("http://127.0.0.1:"), address
        self.port = int(address.rstrip("/\n").rsplit(":", 1)[1])

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        """Stop it, by default without a warning."""
        if self.process is not None:
            self.process.send_signal(how)
            self.process.communicate(timeout=30)
            self.process = None

    def seen(self) -> Checkpoint | None:
        """What it has on disk for our log."""
        latest = WitnessFolder(self.folder).latest()
        return next(iter(latest.values()), None)


def make(folder: Path, name: str) -> Watcher:
    """A witness that follows our log."""
    where = folder / name
    arguments = ["init", str(where), "--name", f"{name}.example", "--log", queries.vkey()]
    assert witness.main(arguments) == 0
    return Watcher(name, where)


def policy(watchers: list[Watcher], need: int) -> str:
    """The policy file's text: ``need`` of the watchers."""
    lines = [f"witness {w.name} {w.vkey} {w.url}" for w in watchers]
    names = " ".join(w.name for w in watchers)
    return "\n".join([f"log {queries.vkey()}", *lines, f"group all {need} {names}", "quorum all"])


def name_in_settings(settings: Any, path: Path, text: str) -> None:
    path.write_text(text + "\n", "utf-8")
    settings.HUIYIN_WITNESSES = path
