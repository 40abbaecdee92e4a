"""The database itself writes whom an override touches; see rosters/overlaps.py."""

from typing import Any

from django.db import migrations

from huiyin.rosters import overlaps


def create(apps: Any, schema_editor: Any) -> None:
    overlaps.create_touching(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:
    overlaps.drop_touching(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("rosters", "0003_holding_and_rest")]
    operations = [migrations.RunPython(create, drop)]
