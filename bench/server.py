"""The real server in a folder of its own: start, wait, measure, stop."""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit


@dataclass
class Server:
    """A running ``huiyin serve``."""

    process: subprocess.Popen[bytes]
    port: int
    data: Path
    start_seconds: float

    def memory_mb(self) -> float:
        """Proportional set size of the whole process tree, in MB (shared pages counted once)."""
        return round(sum(_pss(pid) for pid in _tree(self.process.pid)) / 1024, 1)

    def cpu_seconds(self) -> float:
        """Processor time that the whole process tree has used so far, in seconds."""
        return sum(_cpu(pid) for pid in _tree(self.process.pid))


def _cpu(pid: int) -> float:
    with contextlib.suppress(OSError):
        after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(after_name[11]) + int(after_name[12])) / os.sysconf("SC_CLK_TCK")
    return 0.0


def _tree(pid: int) -> list[int]:
    found = [pid]
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += _tree(int(child))
    return found


def _pss(pid: int) -> int:
    with contextlib.suppress(OSError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def environment(data: Path, **more: str) -> dict[str, str]:
    """The environment of a bench installation in ``data``."""
    return os.environ | {"HUIYIN_DATA": str(data), "HUIYIN_LANGUAGE": "en"} | more


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@contextlib.contextmanager
def running(data: Path, arguments: tuple[str, ...] = (), **settings: str) -> Iterator[Server]:
    """``huiyin serve`` on ``data`` until the block ends."""
    port = free_port()
    started = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "huiyin", "serve", "--port", str(port), *arguments],
        env=environment(data, **settings),
        stdout=subprocess.DEVNULL,
    )
    try:
        while not _answers(port):
            if process.poll() is not None:
                raise RuntimeError(f"the server stopped with status {process.returncode}")
            time.sleep(0.02)
        yield Server(process, port, data, time.perf_counter() - started)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


@contextlib.contextmanager
def own_database() -> Iterator[None]:
    """An empty database beside that of ``HUIYIN_DATABASE``, dropped at the end; nothing at all on
    SQLite, where every folder has its own. The role must be allowed to create databases."""
    address = os.environ.get("HUIYIN_DATABASE", "")
    if not address:
        yield
        return
    import psycopg
    from psycopg.sql import SQL, Identifier

    parts = urlsplit(address)
    name = f"{parts.path.lstrip('/')}_bench_{os.getpid()}"
    with psycopg.connect(address, dbname="postgres", autocommit=True) as link:
        link.execute(SQL("CREATE DATABASE {}").format(Identifier(name)))
        os.environ["HUIYIN_DATABASE"] = urlunsplit(parts._replace(path=f"/{name}"))
        try:
            yield
        finally:
            os.environ["HUIYIN_DATABASE"] = address
            link.execute(SQL("DROP DATABASE {} WITH (FORCE)").format(Identifier(name)))


@contextlib.contextmanager
def folder() -> Iterator[Path]:
    """A data folder that is removed at the end."""
    with tempfile.TemporaryDirectory(prefix="huiyin-bench-") as name:
        yield Path(name) / "data"
