"""The database as two files: everything but keys, and the wrapped keys alone. Both engines.

Both files are of one instant, also while the installation runs. Sessions and sittings are in
neither: a restored machine knows nobody's open browser. Packing, manifests and the key folder
are in ``archives``.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from huiyin.domain.errors import Refusal

# Whatever opens a content, an identity or a leaf: gone from here means erased.
KEY_TABLES = (
    "vault_casekey",
    "vault_opening",
    "vault_identity",
    "vault_identityshare",
    "vault_identityrelease",
    "vault_filekey",
    "vault_filewaiting",
    "cases_openingrequest",
)
LEFT_OUT = (
    "django_session",
    "people_counted",
    "portal_sitting",
    "portal_sittingfile",
    "portal_tally",
)
DATA, KEYS = "database", "wrapped-keys"


def engine() -> str:
    """``sqlite`` or ``postgresql``."""
    from django.db import connection

    return str(connection.vendor)


def dump(folder: Path) -> None:
    """Write ``database`` and ``wrapped-keys`` into ``folder``.

    Raises Refusal ``backup-tool-missing`` (tool), ``backup-tool-failed`` (tool, why).
    """
    if engine() == "sqlite":
        _dump_sqlite(folder)
    else:
        _dump_postgresql(folder)


def load(folder: Path, *, with_keys: bool) -> None:
    """Bring ``database`` back, and ``wrapped-keys`` unless they are left out.

    The caller has made sure that nothing is overwritten. Raises as ``dump``.
    """
    if engine() == "sqlite":
        _load_sqlite(folder, with_keys=with_keys)
    else:
        _load_postgresql(folder, with_keys=with_keys)


def holds_data() -> str:
    """Where there is data already; "" if there is none."""
    from django.db import connection

    if engine() == "sqlite":
        path = _sqlite_path()
        return str(path) if path.exists() else ""
    tables = connection.introspection.table_names()
    return str(connection.settings_dict["NAME"]) if tables else ""


# --- SQLite ------------------------------------------------------------------------------------


def _sqlite_path() -> Path:
    from django.db import connection

    return Path(str(connection.settings_dict["NAME"]))


def _dump_sqlite(folder: Path) -> None:
    data, keys = folder / DATA, folder / KEYS
    with closing(sqlite3.connect(_sqlite_path())) as source, closing(sqlite3.connect(data)) as copy:
        # One read transaction from the first page to the last: writers go on in the log.
        source.backup(copy)
    with closing(sqlite3.connect(data, isolation_level=None)) as copy:
        # Before anything is deleted: no freed page may keep a key.
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("ATTACH DATABASE ? AS keys", [str(keys)])
        for table in KEY_TABLES:
            copy.execute(f'CREATE TABLE keys."{table}" AS SELECT * FROM main."{table}"')
        for table in (*KEY_TABLES, *LEFT_OUT):
            copy.execute(f'DELETE FROM main."{table}"')
        copy.execute("DETACH DATABASE keys")
        copy.execute("VACUUM")


def _load_sqlite(folder: Path, *, with_keys: bool) -> None:
    path = _sqlite_path()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if with_keys:
        with closing(sqlite3.connect(folder / DATA, isolation_level=None)) as data:
            data.execute("ATTACH DATABASE ? AS keys", [str(folder / KEYS)])
            data.execute("BEGIN")
            for table in KEY_TABLES:
                data.execute(f'INSERT INTO main."{table}" SELECT * FROM keys."{table}"')
            data.execute("COMMIT")
    shutil.copyfile(folder / DATA, path)
    path.chmod(0o600)


# --- PostgreSQL --------------------------------------------------------------------------------


def _dump_postgresql(folder: Path) -> None:
    from django.db import connection

    without = [f"--exclude-table-data={table}" for table in (*KEY_TABLES, *LEFT_OUT)]
    only = [f"--table={table}" for table in KEY_TABLES]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        try:
            cursor.execute("SELECT pg_export_snapshot()")
            snapshot = f"--snapshot={cursor.fetchone()[0]}"
            common = [snapshot, "--format=custom", "--no-owner", "--no-privileges"]
            _tool("pg_dump", [*common, *without, f"--file={folder / DATA}"])
            _tool("pg_dump", [*common, "--data-only", *only, f"--file={folder / KEYS}"])
        finally:
            cursor.execute("ROLLBACK")


def _load_postgresql(folder: Path, *, with_keys: bool) -> None:
    common = ["--no-owner", "--exit-on-error", "--single-transaction"]
    _tool("pg_restore", [*common, str(folder / DATA)])
    if with_keys:
        _tool("pg_restore", [*common, "--data-only", str(folder / KEYS)])


def _tool(name: str, arguments: Sequence[str]) -> None:
    """Run one of PostgreSQL's own tools; the password goes by the environment, not by name."""
    from django.db import connection

    if shutil.which(name) is None:
        raise Refusal("backup-tool-missing", tool=name)
    at: dict[str, Any] = connection.settings_dict
    link = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    given = {name: str(at[key]) for name, key in link.items() if at.get(key)}
    done = subprocess.run(
        [name, f"--dbname={at['NAME']}", *arguments],
        env={**os.environ, **given},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        why = (done.stderr.strip().splitlines() or ["?"])[-1][:300]
        raise Refusal("backup-tool-failed", tool=name, why=why)
