"""The real server with demo data, and a real Chromium with axe."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text("utf-8")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
LOCALES = {"zh-hans": "zh-CN", "zh-hant": "zh-TW", "en": "en-GB", "ar": "ar"}
# Without these, Chromium itself calls home at every start.
QUIET = ["--no-sandbox", "--disable-background-networking", "--disable-gpu", "--disable-sync"]


@dataclass(frozen=True)
class Demo:
    """A running demo installation."""

    url: str
    data: Path


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", "/")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """``huiyin serve --demo`` in a folder of its own, for the whole test run."""
    data, port = tmp_path_factory.mktemp("demo") / "data", _free_port()
    environment = {k: v for k, v in os.environ.items() if not k.startswith("HUIYIN_")}
    command = [sys.executable, "-m", "huiyin", "serve", "--demo", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--data", str(data)],
        env=environment | {"PYTHONPATH": "src"},
        cwd=Path(__file__).parents[2],
    )
    try:
        while not _answers(port):
            assert process.poll() is None, "the server stopped while starting"
            time.sleep(0.2)  # waiting for another process to listen; not part of any assertion
        yield Demo(f"http://127.0.0.1:{port}", data)
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One Chromium for the whole test run."""
    path = os.environ.get("CHROMIUM_PATH", "/usr/bin/chromium")
    if not Path(path).exists():
        pytest.skip(f"no browser at {path}")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=QUIET)
        yield browser
        browser.close()


Open = Callable[..., Page]


@pytest.fixture
def open_page(chromium: Browser, demo: Demo) -> Iterator[Open]:
    """A function that gives a fresh page: ``open_page(language, width, javascript)``."""
    contexts: list[BrowserContext] = []

    def make(language: str = "en", width: int = 1280, javascript: bool = True) -> Page:
        context = chromium.new_context(
            base_url=demo.url,
            locale=LOCALES[language],
            viewport={"width": width, "height": 800},
            java_script_enabled=javascript,
            # axe is injected by the test; the pages' own policy is checked elsewhere.
            bypass_csp=True,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield make
    for context in contexts:
        context.close()


def check_page(page: Page) -> None:
    """No accessibility violation that axe knows, no sideways scrolling."""
    page.evaluate(AXE)
    found = page.evaluate("tags => axe.run({runOnly: tags})", TAGS)
    bad = [
        f"{v['id']}: {v['help']} — {[n['target'] for n in v['nodes']][:3]}"
        for v in found["violations"]
    ]
    assert not bad, f"{page.url}: " + "; ".join(bad)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 1, f"{page.url} is {wide} px too wide"
