"""Photographs of 2 MB for the bench: noise, because a telephone's picture does not pack either."""

from __future__ import annotations

import base64
import io
import json
import os
import statistics
import time
from collections.abc import Callable

from PIL import Image

SIZE = 2_000_000


def photograph() -> bytes:
    """A JPEG of about 12 million points, filled up to ``SIZE`` bytes after its end."""
    small = Image.effect_noise((400, 300), 60).convert("RGB")
    out = io.BytesIO()
    small.resize((4000, 3000)).save(out, "JPEG", quality=85)
    data = out.getvalue()[:SIZE]
    return data + bytes(SIZE - len(data))


def requests(category: str, text: str) -> Callable[[], bytes]:
    """A function that gives a hand-in with identity and a new photograph each time."""
    picture = photograph()

    def make() -> bytes:
        # The same picture twice in one case would be kept once; here each case has its own.
        data = picture[:-16] + os.urandom(16)
        body = {
            "case": {
                "category": category,
                "text": text,
                "identity": {"name": "王某某", "phone": "13900000000"},
            },
            "files": [{"name": "IMG_0001.jpg", "data": base64.b64encode(data).decode()}],
        }
        sent = json.dumps(body, ensure_ascii=False).encode()
        head = (
            "POST /api/v1/cases/with-files HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
        )
        return head.encode() + sent

    return make


def cleaning_seconds(times: int = 5) -> dict[str, float]:
    """Seconds from a file to its copy, process and all: median, least, most."""
    from huiyin.cleaning import run

    found = []
    for _ in range(times):
        data = photograph()
        started = time.perf_counter()
        assert run(data, "image/jpeg").copy
        found.append(time.perf_counter() - started)
    middle = statistics.median(found)
    return {"median": round(middle, 2), "min": round(min(found), 2), "max": round(max(found), 2)}
