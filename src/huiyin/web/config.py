"""What an operator may set, read once and loudly.

Values come from the environment (``HUIYIN_…``) or from the file named by
``HUIYIN_CONFIG`` (``KEY=value`` lines, same names). An unknown or impossible value stops
the start with one line per mistake; nothing is guessed.
"""

from __future__ import annotations

import difflib
import os
import secrets
import shlex
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "HUIYIN_"
# Read by tests and scripts, not by the server.
_OTHERS = {"HUIYIN_CONFIG", "HUIYIN_TEST_POSTGRES", "HUIYIN_TEST_ON", "HUIYIN_DEEP"}


MAIL_SCHEMES = ("smtp://", "smtp+tls://", "smtps://")


class ConfigError(Exception):
    """One or more settings are wrong; the text says which and what is accepted."""


class Config(BaseSettings):
    """The settings of one installation; see docs/manual/operator for each."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore")

    data: Path = Field(default=Path("huiyin-data"), description="data folder")
    keys: Path | None = Field(default=None, description="key folder, outside the data folder")
    kms: str = Field(default="", description="program that wraps the vault key, and arguments")
    database: str = Field(default="", description="postgresql://… or empty for SQLite")
    demo: bool = Field(default=False, description="demo data, demo sign-in page")
    debug: bool = Field(default=False, description="developer pages; never on a public host")
    url: str = Field(default="http://127.0.0.1:8000", description="public address")
    hosts: str = Field(default="localhost,127.0.0.1,[::1]", description="accepted host names")
    name: str = Field(default="", description="name on every page; default: the first place")
    origin: str = Field(default="", description="name of the register; default from url")
    witnesses: Path | None = Field(default=None, description="file with the witness policy")
    witness_minutes: int = Field(default=10, ge=1, description="checkpoints go to witnesses")
    tsa: str = Field(default="", description="address of a time-stamping authority, RFC 3161")
    mail: str = Field(
        default="file", description="console, file, smtp://, smtp+tls:// or smtps://…"
    )
    mail_from: str = Field(default="huiyin@localhost")
    proxies: str = Field(default="", description="addresses of trusted reverse proxies")
    time_zone: str = Field(default="Asia/Shanghai")
    language: Literal["zh-hans", "zh-hant", "en", "ar"] = "zh-hans"
    hand_in_limit: int = Field(default=60, ge=1, description="hand-ins per network and minute")
    file_mb: int = Field(default=10, ge=1, le=100, description="largest file, in MB")
    clamav: str = Field(default="", description="socket of clamd, a path or host:port")
    code_tries: int = Field(default=10, ge=1, description="wrong codes per network and minute")

    @field_validator("database")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if value and not value.startswith(("postgresql://", "postgres://")):
            raise ValueError("use postgresql://user:password@host:port/name, or leave it empty")
        return value

    @field_validator("kms")
    @classmethod
    def _program(cls, value: str) -> str:
        try:
            words = shlex.split(value)
        except ValueError as error:
            raise ValueError(f"cannot be read as a command line: {error}") from error
        if words and not (os.path.isabs(words[0]) and os.access(words[0], os.X_OK)):
            raise ValueError("use the full path of a program that can be run, and its arguments")
        return value.strip()

    @field_validator("mail")
    @classmethod
    def _known_mail(cls, value: str) -> str:
        if value in ("console", "file") or value.startswith(MAIL_SCHEMES):
            return value
        raise ValueError(
            "use console, file, smtp://host:port (plain), smtp+tls://user:password@host:port "
            "(STARTTLS) or smtps://user:password@host:port"
        )

    @field_validator("url")
    @classmethod
    def _http(cls, value: str) -> str:
        if not value.startswith(("http://", "https://")):
            raise ValueError("use an address that starts with http:// or https://")
        return value.rstrip("/")

    @field_validator("time_zone")
    @classmethod
    def _zone(cls, value: str) -> str:
        from zoneinfo import ZoneInfo

        try:
            ZoneInfo(value)
        except Exception as error:
            raise ValueError("use a zone name such as Asia/Shanghai") from error
        return value

    @property
    def data_dir(self) -> Path:
        """The data folder as an absolute path."""
        return self.data.expanduser().absolute()

    @property
    def keys_dir(self) -> Path:
        """The key folder: beside the data folder, never inside, so that no backup of the
        data carries the keys."""
        if self.keys is not None:
            return self.keys.expanduser().absolute()
        return self.data_dir.with_name(self.data_dir.name + "-keys")

    @property
    def log_origin(self) -> str:
        """The register's name: a scheme-less URL (C2SP tlog-checkpoint)."""
        return self.origin or self.url.split("://", 1)[1] + "/ledger"


def _unknown(environment: dict[str, str]) -> list[str]:
    known = {PREFIX + name.upper() for name in Config.model_fields} | _OTHERS
    lines = []
    for name in sorted(n for n in environment if n.startswith(PREFIX) and n not in known):
        near = difflib.get_close_matches(name, known, 1)
        lines.append(f"{name} is no setting" + (f"; did you mean {near[0]}?" if near else ""))
    return lines


def _from_file(path: str) -> dict[str, str]:
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"HUIYIN_CONFIG: cannot read {path}: {error}") from error
    values = {}
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            name, equals, value = line.partition("=")
            if not equals:
                raise ConfigError(f"{path} line {number}: write NAME=value")
            values[name.strip()] = value.strip()
    return values


def is_given(name: str) -> bool:
    """Whether the operator has set ``name`` (such as ``HUIYIN_URL``), in the environment or
    in the file that ``HUIYIN_CONFIG`` names."""
    return name in _given()


def _given() -> dict[str, str]:
    environment = dict(os.environ)
    if "HUIYIN_CONFIG" in environment:
        environment = _from_file(environment["HUIYIN_CONFIG"]) | environment
    return environment


@lru_cache(maxsize=1)
def config() -> Config:
    """The settings in force. Raises ConfigError with one line per mistake."""
    environment = _given()
    mistakes = _unknown(environment)
    values: dict[str, Any] = {
        name: environment[PREFIX + name.upper()]
        for name in Config.model_fields
        if PREFIX + name.upper() in environment
    }
    try:
        result = Config(**values)
    except ValidationError as error:
        for item in error.errors():
            name = PREFIX + str(item["loc"][0]).upper()
            mistakes.append(f"{name}: unexpected value {item['input']!r}: {item['msg']}")
    if mistakes:
        raise ConfigError("\n".join(mistakes))
    return result


def secret_key(folder: Path) -> str:
    """The web secret from ``web.key`` in the key folder, made at first use (mode 0600)."""
    path = folder / "web.key"
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    value = secrets.token_urlsafe(48)
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            out.write(value)
    except FileExistsError:
        return path.read_text("ascii").strip()
    return value
