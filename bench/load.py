"""A small HTTP load generator: keep-alive connections, one request at a time each.

Our own because it has to be light: on two cores, whatever the client burns is missing on the
server. Only ever aimed at this machine.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field


@dataclass
class Result:
    """What one run saw: seconds per answer, answers by status, length of the run in seconds."""

    latencies: list[float] = field(default_factory=list)
    statuses: dict[int, int] = field(default_factory=dict)
    elapsed: float = 0.0

    def quantile(self, q: float) -> float:
        """The latency (seconds) that a share ``q`` of the answers stayed below."""
        found = sorted(self.latencies)
        return found[min(len(found) - 1, int(q * len(found)))] if found else float("nan")

    def figures(self) -> dict[str, object]:
        """Rate and latencies as plain numbers (per second, milliseconds)."""
        return {
            "per_second": round(len(self.latencies) / self.elapsed, 1),
            "p50_ms": round(self.quantile(0.50) * 1000, 1),
            "p95_ms": round(self.quantile(0.95) * 1000, 1),
            "p99_ms": round(self.quantile(0.99) * 1000, 1),
            "statuses": {str(k): v for k, v in sorted(self.statuses.items())},
        }


async def _read(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = await reader.readuntil(b"\r\n\r\n")
    status = int(head[9:12])
    low = head.lower()
    at = low.find(b"content-length:")
    if at >= 0:
        length = int(low[at + 15 : low.index(b"\r\n", at)])
        return status, await reader.readexactly(length)
    body = b""
    while (size := int((await reader.readline()).strip() or b"0", 16)) > 0:
        body += await reader.readexactly(size)
        await reader.readexactly(2)
    await reader.readexactly(2)
    return status, body


async def _client(port: int, make: Callable[[], bytes], until: float, result: Result) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    while time.perf_counter() < until:
        started = time.perf_counter()
        writer.write(make())
        await writer.drain()
        status, _ = await _read(reader)
        result.latencies.append(time.perf_counter() - started)
        result.statuses[status] = result.statuses.get(status, 0) + 1
    writer.close()


async def _run(port: int, make: Callable[[], bytes], clients: int, seconds: float) -> Result:
    result = Result()
    started = time.perf_counter()
    until = started + seconds
    await asyncio.gather(*(_client(port, make, until, result) for _ in range(clients)))
    result.elapsed = time.perf_counter() - started
    return result


def run(port: int, make: Callable[[], bytes], clients: int, seconds: float) -> Result:
    """``clients`` connections send what ``make`` gives for ``seconds``."""
    return asyncio.run(_run(port, make, clients, seconds))


async def _paced(port: int, requests: list[bytes], rate: float, clients: int) -> Result:
    result, left = Result(), iter(enumerate(requests))
    began = time.perf_counter()

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for n, request in left:
            due = began + n / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            writer.write(request)
            status, _ = await _read(reader)
            result.latencies.append(time.perf_counter() - due)
            result.statuses[status] = result.statuses.get(status, 0) + 1
        writer.close()

    await asyncio.gather(*(client() for _ in range(clients)))
    result.elapsed = time.perf_counter() - began
    return result


def paced(port: int, requests: list[bytes], rate: float, clients: int) -> Result:
    """All ``requests`` at ``rate`` a second over ``clients`` connections. A latency counts from
    when the request was due, so that a server which falls behind is seen to."""
    return asyncio.run(_paced(port, requests, rate, clients))


def post(path: str, body: object) -> bytes:
    """A POST with a JSON body as bytes on the wire."""
    data = json.dumps(body, ensure_ascii=False).encode()
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(data)}\r\n\r\n"
    )
    return head.encode() + data


def get(path: str, **headers: str) -> bytes:
    """A GET as bytes on the wire."""
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{more}\r\n".encode()
