"""Counts of the sign-in for all processes; secrets of second factors are sealed."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from huiyin.people.second_factor import seal


def seal_factors(apps: Any, schema_editor: Any) -> None:
    """Seal what was stored in clear before."""
    rows = apps.get_model("mfa", "Authenticator").objects.using(schema_editor.connection.alias)
    for row in rows.filter(type__in=["totp", "recovery_codes"]):
        for name in ("secret", "seed"):
            if name in row.data:
                row.data[name] = seal(row.data[name])
        if "migrated_codes" in row.data:
            row.data["migrated_codes"] = [seal(code) for code in row.data["migrated_codes"]]
        row.save(update_fields=["data"])


class Migration(migrations.Migration):
    dependencies = [("people", "0004_posts"), ("mfa", "0003_authenticator_type_uniq")]

    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("id", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("value", models.TextField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunPython(seal_factors, migrations.RunPython.noop),
    ]
