"""Settings are loud: an unknown name or an impossible value stops the start and says why."""

from __future__ import annotations

from pathlib import Path

import pytest

from huiyin.web import config as configuration
from huiyin.web.config import ConfigError


def _read(monkeypatch: pytest.MonkeyPatch, **given: str) -> configuration.Config:
    for name, value in given.items():
        monkeypatch.setenv(f"HUIYIN_{name}", value)
    configuration.config.cache_clear()
    try:
        return configuration.config()
    finally:
        configuration.config.cache_clear()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DATABSE", "x", "did you mean HUIYIN_DATABASE"),
        ("DATABASE", "mysql://x", "postgresql://"),
        ("MAIL", "pigeon", "console, file"),
        ("URL", "ftp://x", "http://"),
        ("DEMO", "perhaps", "HUIYIN_DEMO"),
        ("LANGUAGE", "fr", "HUIYIN_LANGUAGE"),
        ("TIME_ZONE", "Mars/Base", "Asia/Shanghai"),
        ("CODE_TRIES", "0", "HUIYIN_CODE_TRIES"),
    ],
)
def test_mistakes_are_told(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str
) -> None:
    with pytest.raises(ConfigError, match=said.replace("/", ".")):
        _read(monkeypatch, **{name: value})


def test_all_mistakes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ConfigError) as error:
        _read(monkeypatch, DATABSE="x", MAIL="pigeon")
    assert len(str(error.value).splitlines()) == 2


def test_file_and_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "huiyin.env"
    file.write_text("# ours\nHUIYIN_MAIL=console\nHUIYIN_NAME=Town Hall\n", "utf-8")
    found = _read(monkeypatch, CONFIG=str(file), NAME="Office")
    assert (found.mail, found.name) == ("console", "Office")


def test_unreadable_file_is_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot read"):
        _read(monkeypatch, CONFIG=str(tmp_path / "missing"))
    bad = tmp_path / "bad"
    bad.write_text("just words\n", "utf-8")
    with pytest.raises(ConfigError, match="line 1"):
        _read(monkeypatch, CONFIG=str(bad))


def test_keys_lie_outside_the_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _read(monkeypatch, DATA="/srv/huiyin/data")
    assert found.data_dir not in found.keys_dir.parents


@pytest.mark.parametrize("value", ["no-such-program", "/nowhere/keep", "/etc/passwd", "'open"])
def test_a_key_service_that_cannot_be_run_stops_the_start(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    with pytest.raises(ConfigError, match="HUIYIN_KMS"):
        _read(monkeypatch, KMS=value)


def test_a_key_service_may_have_arguments(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _read(monkeypatch, KMS="/bin/sh -c 'keep it'").kms == "/bin/sh -c 'keep it'"
