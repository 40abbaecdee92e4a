"""Preparing an installation: settings, data folder, keys, tables, first content.

Used by every command that needs the database. A start that finds everything in place does
no work: the schema stamp in the data folder says which migrations have run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from importlib.metadata import version
from pathlib import Path
from typing import NoReturn

from huiyin.web.config import ConfigError, config

PACKAGE = Path(__file__).resolve().parent.parent
DEMO_STAMP = "demo.stamp"
_LOADING = "Loading the demo data.\n"
_INVENTED = "Everything in this folder is invented.\n"


def choose(data: str | None = None, **settings: str) -> None:
    """Say which installation is meant. Exits with status 2 and one line per mistake if a
    setting is wrong."""
    if data is not None:
        os.environ["HUIYIN_DATA"] = data
    os.environ.update({f"HUIYIN_{name.upper()}": value for name, value in settings.items()})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.web.settings")
    try:
        config()
    except ConfigError as error:
        print(f"huiyin: {error}", file=sys.stderr)
        raise SystemExit(2) from error


def configure(data: str | None = None, **settings: str) -> None:
    """``choose``, and load Django for it."""
    choose(data, **settings)
    import django

    django.setup()


def configure_existing(command: str, data: str | None = None) -> None:
    """``configure`` for a command that works on an installation and never makes one.

    Where there is none, it writes nothing, says where it looked, and ends with status 2.
    """
    choose(data)
    from django.conf import settings

    where = config().data_dir
    database = config().database
    if not settings.configured:  # else a test or a caller has an installation at hand
        there = config().keys_dir.exists() if database else (where / "huiyin.sqlite3").exists()
        if not there:
            _end(command, f"there is no installation in {where}")
    import django

    django.setup()
    from django.db import OperationalError, connection

    try:
        tables = connection.introspection.table_names()
    except OperationalError as error:
        _end(command, f"the database cannot be reached: {' '.join(str(error).split())[:200]}")
    if "history_event" not in tables:
        _end(command, f"there is no installation in {where}: the database has no tables")


def _end(command: str, why: str) -> NoReturn:
    hint = "Choose its folder with --data or HUIYIN_DATA; `huiyin serve` makes a new one."
    print(f"huiyin {command}: {why}. {hint}", file=sys.stderr)
    raise SystemExit(2)


def _schema() -> str:
    """A digest of every migration there is: ours, and the libraries' by their versions."""
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    libraries = [f"{n} {version(n)}" for n in ("django", "django-allauth", "django-tasks-db")]
    digest.update(" ".join(libraries).encode())
    return digest.hexdigest()


def _stamp() -> str:
    """What stands in ``schema.stamp`` when tables and content are as this version wants them."""
    # A digest, because the address of a database holds its password.
    where = hashlib.sha256(config().database.encode()).hexdigest()
    return f"{_schema()} {where}"


def is_ready(demo: bool) -> bool:
    """Whether nothing is left to prepare, found out without loading Django: the second start
    of an office is the one that people wait for."""
    data, keys = config().data_dir, config().keys_dir
    if config().kms:
        return False  # the key service is asked at every start: without it nothing can be read
    if not (keys / "vault.key").exists() or not (keys / "log.key").exists():
        return False
    if not config().database and not (data / "huiyin.sqlite3").exists():
        return False
    kind = data / DEMO_STAMP
    if kind.exists() != demo or (demo and kind.read_text("utf-8") == _LOADING):
        return False
    stamp = data / "schema.stamp"
    return stamp.exists() and stamp.read_text("utf-8") == _stamp()


def prepare(*, demo: bool, say: bool = True, register: bool = True) -> None:
    """Make folder, keys, tables and first content, whatever is missing; a lost key ends the
    program with status 2 and what to do.

    ``demo`` adds the demo data to an empty installation; otherwise starter data is added,
    so that the installation can receive at once. Without ``register`` the register's key is
    not made: its name comes from the public address, which not every command knows.
    """
    from huiyin.domain.errors import Refusal

    try:
        _prepare(demo, say, register)
    except Refusal as refusal:
        from huiyin.people.refusing import explain

        words = explain(refusal)
        print(f"huiyin: {words.text} {words.remedy}", file=sys.stderr)
        if demo and refusal.code == "register-restored-backup":
            print(_begin_anew(), file=sys.stderr)
        raise SystemExit(2) from refusal


def _begin_anew() -> str:
    # Whoever tries Huiyin deletes the data and not what lies beside it.
    from django.utils.translation import gettext

    words = gettext(
        "This is a demonstration: to begin a new one, delete the folder {keys} as well."
    )
    return words.format(keys=config().keys_dir)


def _prepare(demo: bool, say: bool, register: bool) -> None:
    from django.conf import settings
    from django.core.management import call_command
    from django.db import connection

    from huiyin.cases import conflicts

    data: Path = settings.HUIYIN_DATA_DIR
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / "mail").mkdir(exist_ok=True, mode=0o700)
    stamp, wanted = data / "schema.stamp", _stamp()
    changed = not stamp.exists() or stamp.read_text("utf-8") != wanted
    if changed:
        if say:
            print("Preparing the tables …", flush=True)
        with conflicts.lifted(connection):
            call_command("migrate", verbosity=0, interactive=False)
    _keys(settings.HUIYIN_KEYS_DIR, register)
    _content(data, demo=demo, say=say)
    if register:
        from django.utils import timezone

        from huiyin.administration.recording import begin

        begin(timezone.now())
    if changed:
        # Last: ``is_ready`` trusts it, and an interrupted start must not pass for a whole one.
        stamp.write_text(wanted, "utf-8")


def is_demo() -> bool:
    """Whether the data folder holds demo data."""
    from django.conf import settings

    return (Path(settings.HUIYIN_DATA_DIR) / DEMO_STAMP).exists()


def _keys(folder: Path, register: bool) -> None:
    """Make the keys of a new installation. Where sealed cases or a register exist already,
    a missing key is a loss to be told, never to be papered over with a new one."""
    from django.conf import settings

    from huiyin.register.keys import create_log_key
    from huiyin.register.models import Head
    from huiyin.vault.keepers import chosen_keeper
    from huiyin.vault.keys import create_kek, kek
    from huiyin.vault.models import CaseKey

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "vault.key").exists() and not CaseKey.objects.exists():
        create_kek(folder, chosen_keeper())
    kek()
    if register and not (folder / "log.key").exists() and not Head.objects.exists():
        create_log_key(settings.HUIYIN_ORIGIN)


def _content(data: Path, *, demo: bool, say: bool) -> None:
    from huiyin.people.models import Unit

    stamp = data / DEMO_STAMP
    if Unit.objects.exists():
        if not stamp.exists() and _has_demo_accounts():
            # A restored backup of a demonstration: its passphrase is as public as before.
            stamp.write_text(_INVENTED, "utf-8")
        _check_kind(stamp, demo)
        return
    from huiyin.demo import load

    if demo:
        stamp.write_text(_LOADING, "utf-8")
        load.demo(say=say)
        stamp.write_text(_INVENTED, "utf-8")
    else:
        load.starter()


def _has_demo_accounts() -> bool:
    from huiyin.demo.files import read
    from huiyin.people.models import User

    names = [account["login"] for account in read("town")["accounts"]]
    return User.objects.filter(username__in=names).count() == len(names)


def _check_kind(stamp: Path, demo: bool) -> None:
    """Demo pages show every account and one passphrase; they must never meet real cases, and
    demo accounts must never stand behind a real sign-in page."""
    is_demo = stamp.exists()
    if is_demo and stamp.read_text("utf-8") == _LOADING:
        print(
            f"huiyin: loading the demo data was interrupted. Delete {stamp.parent} and "
            f"{stamp.parent}-keys, then start again.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    if demo and not is_demo:
        print(
            "huiyin: this data folder holds a real installation; --demo would show its accounts "
            "on the sign-in page. Leave --demo out, or choose an empty folder with --data.",
            file=sys.stderr,
        )
        raise SystemExit(2)
    if is_demo and not demo:
        print(
            "huiyin: this data folder holds demo data, whose passphrase is public. Start it "
            "with --demo, or choose another folder with --data.",
            file=sys.stderr,
        )
        raise SystemExit(2)
