"""``huiyin serve``: the whole system in one process tree.

granian serves the pages (two processes, two threads each), a child process does the jobs;
Ctrl-C or SIGTERM stops all of them. Everything is loaded once, before the others are forked off:
what they only read stays one copy in memory, and none of them loads it again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import signal
import socket
import sys
from collections.abc import Callable
from typing import Any

from huiyin.commands import installation
from huiyin.web.config import ConfigError, config, is_given


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="huiyin serve", description=__doc__)
    parser.add_argument("--data", help="data folder (default: huiyin-data, or HUIYIN_DATA)")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--demo", action="store_true", help="with demo data and demo accounts")
    parser.add_argument("--workers", type=int, default=2, help="web processes")
    parser.add_argument("--threads", type=int, default=2, help="threads of each")
    parser.add_argument("--no-work", action="store_true", help="without the job worker")
    return parser


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def _settings(args: argparse.Namespace) -> dict[str, str]:
    given = {"demo": "true"} if args.demo else {}
    if not is_given("HUIYIN_URL"):
        host = f"[{args.host}]" if ":" in args.host else args.host
        given["url"] = f"http://{host}:{args.port}"
    return given


def main(argv: list[str]) -> int:
    """Serve until interrupted. Exit 2 when the port is taken or a setting is wrong."""
    args = _parser().parse_args(argv)
    if not _free(args.host, args.port):
        print(
            f"huiyin serve: {args.host}:{args.port} is in use; choose another with --port",
            file=sys.stderr,
        )
        return 2
    try:
        installation.choose(args.data, **_settings(args))
    except ConfigError as error:
        print(f"huiyin serve: {error}", file=sys.stderr)
        return 2
    if not installation.is_ready(config().demo):
        _prepare()
    _load()
    os.register_at_fork(after_in_child=_stand_alone)
    jobs = None if args.no_work else _start_jobs()
    try:
        _serve(args)
    finally:
        if jobs is not None:
            _stop_jobs(jobs)
    return 0


def _load() -> None:
    """Load what every process needs; no open database handle may cross into them."""
    from huiyin.web import wsgi

    wsgi.load_pages()


def _stop_jobs(jobs: multiprocessing.process.BaseProcess) -> None:
    """Let the job at hand come to its end; one that takes longer is cut off, which is safe: what
    a job writes it writes in transactions, and it is tried again at the next start."""
    jobs.terminate()
    jobs.join(timeout=30)
    if jobs.exitcode is None:
        jobs.kill()
        jobs.join()


def _prepare() -> None:
    """Prepare what is missing; no open database handle may cross into the child processes."""
    installation.configure()
    from django.db import connections

    installation.prepare(demo=config().demo)
    connections.close_all()


# Forked, not started afresh: see the head of the file.
_FORK = multiprocessing.get_context("fork")


def _stand_alone() -> None:
    """The first thing in every process forked off: a group of its own, so that Ctrl-C in the
    terminal reaches only the server, which stops the others in order; and no handlers of the
    server, with which a process that is told to stop before it has its own would go on."""
    os.setpgid(0, 0)
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, signal.SIG_DFL)


def _start_jobs() -> multiprocessing.process.BaseProcess:
    process = _FORK.Process(target=_work, name="jobs")
    sys.stdout.flush()
    process.start()
    return process


def _work() -> None:
    from huiyin.commands import work

    sys.exit(work.main(["--with-parent", "--later"]))


def _pages(_target: str) -> Callable[..., Any]:
    """What a web process serves; called in it."""
    from huiyin.web.wsgi import application

    return application


def _serve(args: argparse.Namespace) -> None:
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    multiprocessing.set_start_method("fork", force=True)
    print(f"Huiyin is at {config().url} (Ctrl-C stops it)", flush=True)
    Granian(
        "huiyin.web.wsgi:application",
        address=args.host,
        port=args.port,
        interface=Interfaces.WSGI,
        workers=args.workers,
        blocking_threads=args.threads,
        backlog=1024,
        workers_kill_timeout=10,
        log_level=LogLevels.warning,
        websockets=False,
    ).serve(target_loader=_pages)
