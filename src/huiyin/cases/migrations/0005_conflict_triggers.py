"""Conflict of interest in the database; see cases/conflicts.py."""

from typing import Any

from django.db import migrations

from huiyin.cases import conflicts


def create(apps: Any, schema_editor: Any) -> None:
    conflicts.create(schema_editor.connection, posts=False)


def drop(apps: Any, schema_editor: Any) -> None:
    conflicts.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_opening_request"), ("people", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
