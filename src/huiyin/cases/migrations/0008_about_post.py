"""A complaint can name a post; the triggers come back in 0011 (cases/conflicts.py)."""

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from huiyin.cases import conflicts


def lift(apps: Any, schema_editor: Any) -> None:
    if conflicts.present(schema_editor.connection):
        conflicts.drop(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("cases", "0007_told"), ("people", "0004_posts")]
    operations = [
        migrations.RunPython(lift, migrations.RunPython.noop),
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
    ]
