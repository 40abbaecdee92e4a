"""The triggers of cases/conflicts.py for all tables that they guard; those of before go."""

from typing import Any

from django.db import migrations

from huiyin.cases import conflicts


def renew(apps: Any, schema_editor: Any) -> None:
    conflicts.drop(schema_editor.connection)
    conflicts.create(schema_editor.connection)


def drop(apps: Any, schema_editor: Any) -> None:
    conflicts.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0010_asked_unit"),
        ("history", "0002_sealed_acts"),
        ("people", "0006_plan_owner"),
    ]
    operations = [migrations.RunPython(renew, drop)]
