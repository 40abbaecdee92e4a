"""The witness over HTTP: POST /add-checkpoint, and GET /HASH/checkpoint for whoever compares.

Checking and remembering happen under one lock, so that no request can roll back another's
(C2SP tlog-witness, "add-checkpoint"). The rule itself is in domain/witnessing.py.
"""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from huiyin.domain.errors import Refusal
from huiyin.domain.witnessing import MAX_BODY, TEXT_TYPE, Answer, judge
from huiyin.register.verdicts import say_refusal
from huiyin.register.witness_folder import WitnessFolder

MOST_AT_ONCE = 64
PATIENCE = 10  # seconds for a slow client


class WitnessServer(ThreadingHTTPServer):
    """The server of one witness; answers at most ``MOST_AT_ONCE`` requests at a time."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, folder: WitnessFolder, address: tuple[str, int]) -> None:
        self.folder = folder
        self.one_at_a_time = threading.Lock()
        self.free = threading.BoundedSemaphore(MOST_AT_ONCE)
        super().__init__(address, Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Wait for a free thread; then as usual."""
        self.free.acquire()
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        """As usual; then the thread is free again."""
        try:
            super().process_request_thread(request, client_address)
        finally:
            self.free.release()

    def add_checkpoint(self, body: bytes) -> Answer:
        """Judge one submission and remember what was cosigned before anybody hears of it."""
        with self.one_at_a_time:
            try:
                latest = self.folder.latest()
            except Refusal as refusal:
                print(say_refusal(refusal.code, refusal.data, "en"), file=sys.stderr, flush=True)
                return Answer(500, "this witness cannot read what it cosigned last\n")
            now = int(time.time())
            answer = judge(body, self.folder.logs(), latest, self.folder.signer, now)
            if answer.keep is not None:
                self.folder.remember(*answer.keep)
        return answer


class Handler(BaseHTTPRequestHandler):
    """One connection, kept open between requests."""

    server: WitnessServer
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "huiyin-witness", ""
    timeout = PATIENCE

    def do_POST(self) -> None:
        """add-checkpoint"""
        body = self._body()
        if body is None:
            self.close_connection = True  # what else the client sends was not read
            self._answer(Answer(400, f"a body with Content-Length of at most {MAX_BODY} bytes\n"))
        elif self.path != "/add-checkpoint":
            self._answer(Answer(404, "POST /add-checkpoint\n"))
        else:
            answer = self.server.add_checkpoint(body)
            self._answer(answer)
            print(f"{self.log_date_time_string()} {answer.status}", flush=True)

    def do_GET(self) -> None:
        """The note cosigned last, by the SHA-256 of its origin."""
        for log in self.server.folder.logs():
            path = self.server.folder.path_of(log.name)
            if self.path == f"/{path.name}/checkpoint" and path.exists():
                self._answer(Answer(200, path.read_text("utf-8")))
                return
        self._answer(Answer(404, "GET /SHA-256-OF-ORIGIN/checkpoint\n"))

    def _body(self) -> bytes | None:
        length = self.headers.get("Content-Length", "")
        if not (length.isascii() and length.isdigit() and len(length) < 9):
            return None
        return self.rfile.read(int(length)) if int(length) <= MAX_BODY else None

    def _answer(self, answer: Answer) -> None:
        body = answer.body.encode()
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.content_type or TEXT_TYPE)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: who asks is nobody's business; answers are counted by ``do_POST``."""


def serve(folder: WitnessFolder, host: str, port: int) -> int:
    """Serve until SIGTERM or Ctrl-C. Prints the address once it listens.

    Raises Refusal: witness-runs-already, witness-memory-damaged; OSError if the port is taken.
    """
    with folder.locked():
        folder.latest()
        with WitnessServer(folder, (host, port)) as server:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
            print(f"http://{host}:{server.server_port}/", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                server.serve_forever()
    return 0
