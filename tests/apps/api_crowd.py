"""Programs that use the API at the same moment; test_concurrency.py starts several processes.

Usage: python -m tests.apps.api_crowd TASKS. TASKS is a JSON list of requests
``{"path", "body", "headers"}``; each runs in a thread of its own, all released at once. One
JSON line ``{"status", "body"}`` is written for each answer.
"""

from __future__ import annotations

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import django


def main(tasks: list[dict[str, Any]]) -> None:
    """Send all requests together through the whole application, print the answers."""
    django.setup()
    from django.db import connections
    from django.test import Client

    ready = threading.Barrier(len(tasks))

    def send(task: dict[str, Any]) -> str:
        client = Client()
        client.raise_request_exception = False
        ready.wait()
        try:
            answer = client.post(
                task["path"],
                json.dumps(task["body"]),
                content_type="application/json",
                headers=task.get("headers", {}),
            )
            return json.dumps({"status": answer.status_code, "body": answer.json()})
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(tasks)) as pool:
        for line in pool.map(send, tasks):
            print(line, flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
