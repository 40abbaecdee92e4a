"""A complaint can name a post; the triggers of 0005 learn of it (cases/conflicts.py)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from huiyin.cases import conflicts


def lift(apps: Any, schema_editor: Any) -> None:
    if conflicts.present(schema_editor.connection):
        conflicts.drop(schema_editor.connection)


def put_back(apps: Any, schema_editor: Any) -> None:
    if not conflicts.present(schema_editor.connection):
        conflicts.create(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_told"), ("people", "0004_posts")]
    operations = [
        migrations.RunPython(lift, put_back),
        migrations.AddField(
            model_name="case",
            name="about_post",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="people.post",
            ),
        ),
        migrations.RunPython(put_back, lift),
    ]
