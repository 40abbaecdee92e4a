"""What all tests share: a throw-away installation and the cast of people.py."""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

# Before Django reads its settings: no test may touch a real installation.
_FOLDER = tempfile.mkdtemp(prefix="huiyin-test-")
atexit.register(shutil.rmtree, _FOLDER, ignore_errors=True)
os.environ["HUIYIN_DATA"] = str(Path(_FOLDER) / "data")
os.environ["HUIYIN_URL"] = "http://testserver"
os.environ["HUIYIN_LANGUAGE"] = "en"
Path(os.environ["HUIYIN_DATA"]).mkdir()


@pytest.fixture
def keys(tmp_path: Path, settings: pytest.FixtureRequest) -> Iterator[Path]:
    """Fresh keys for one test, so that no last signed checkpoint outlives its database."""
    from huiyin.register.keys import create_log_key
    from huiyin.vault.keys import create_kek

    folder = tmp_path / "keys"
    folder.mkdir(mode=0o700)
    settings.HUIYIN_KEYS_DIR = folder  # type: ignore[attr-defined]  # pytest-django's fixture
    create_kek(folder)
    create_log_key(settings.HUIYIN_ORIGIN, folder)  # type: ignore[attr-defined]
    yield folder


@pytest.fixture
def town(db: None, keys: Path) -> object:
    """The cast and its offices (tests/people.py)."""
    from tests.people import build

    return build()


@pytest.fixture
def kept_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """For tests that call the WSGI application themselves: at the end of a request Django
    drops a connection that is inside a transaction, and a test is inside one."""
    from django.db import connection

    monkeypatch.setattr(connection, "close_if_unusable_or_obsolete", lambda: None)
