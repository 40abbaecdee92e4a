"""Preparing an installation: settings, data folder, keys, tables, first content.

Used by every command that needs the database. A start that finds everything in place does
no work: the schema stamp in the data folder says which migrations have run.
"""

from __future__ import annotations

import hashlib
import os
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent


def configure(data: str | None = None, **settings: str) -> None:
    """Point Django at the installation. Exits with status 2 and one line per mistake if a
    setting is wrong."""
    if data is not None:
        os.environ["HUIYIN_DATA"] = data
    os.environ.update({f"HUIYIN_{name.upper()}": value for name, value in settings.items()})
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "huiyin.web.settings")
    from huiyin.web.config import ConfigError, config

    try:
        config()
    except ConfigError as error:
        print(f"huiyin: {error}", file=sys.stderr)
        raise SystemExit(2) from error
    import django

    django.setup()


def _schema() -> str:
    """A digest of every migration there is: ours and those of the libraries."""
    import django
    import django_tasks_db
    from allauth import __version__ as allauth_version

    digest = hashlib.sha256()
    for path in sorted(PACKAGE.glob("*/migrations/*.py")):
        digest.update(path.name.encode() + path.read_bytes())
    tasks = Path(django_tasks_db.__file__).parent / "migrations"
    names = sorted(p.name for p in tasks.glob("*.py"))
    digest.update(f"{django.__version__} {allauth_version} {names}".encode())
    return digest.hexdigest()


def prepare(*, demo: bool, say: bool = True) -> None:
    """Make folder, keys, tables and first content, whatever is missing.

    ``demo`` adds the demo data to an empty installation; otherwise starter data is added,
    so that the installation can receive at once.
    """
    from django.conf import settings
    from django.core.management import call_command

    data: Path = settings.HUIYIN_DATA_DIR
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    (data / "mail").mkdir(exist_ok=True, mode=0o700)
    stamp = data / "schema.stamp"
    wanted = _schema() + settings.CONFIG.database
    if not stamp.exists() or stamp.read_text("utf-8") != wanted:
        if say:
            print("Preparing the tables …", flush=True)
        call_command("migrate", verbosity=0, interactive=False)
        stamp.write_text(wanted, "utf-8")
    _keys(settings.HUIYIN_KEYS_DIR)
    _content(demo=demo, say=say)


def _keys(folder: Path) -> None:
    """Make the keys of a new installation. Where sealed cases or a register exist already,
    a missing key is a loss to be told, never to be papered over with a new one."""
    from django.conf import settings

    from huiyin.register.keys import create_log_key
    from huiyin.register.models import Head
    from huiyin.vault.keys import create_kek, kek
    from huiyin.vault.models import CaseKey

    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not (folder / "vault.key").exists() and not CaseKey.objects.exists():
        create_kek(folder)
    kek()
    if not (folder / "log.key").exists() and not Head.objects.exists():
        create_log_key(settings.HUIYIN_ORIGIN)


def _content(*, demo: bool, say: bool) -> None:
    from huiyin.people.models import Unit

    if Unit.objects.exists():
        return
    from huiyin.demo import load

    if demo:
        load.demo(say=say)
    else:
        load.starter()
