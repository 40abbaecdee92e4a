"""Two overrides for one person at one time; see rosters/overlaps.py."""

from typing import Any

from django.db import migrations

from huiyin.rosters import overlaps


def create(apps: Any, schema_editor: Any) -> None:
    overlaps.create(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:
    overlaps.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("rosters", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
