"""The vault's tables, and the triggers that refuse to change a sealed row in place.

Contents and openings are written once and only ever deleted, by erasure.
"""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WRITTEN_ONCE = ("vault_content", "vault_opening")
SQLITE_ON = """
CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: a sealed row is never changed'); END
"""
POSTGRESQL_FUNCTION = """
CREATE FUNCTION vault_refuse_update() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN RAISE EXCEPTION '%: a sealed row is never changed', TG_TABLE_NAME; END $$
"""
POSTGRESQL_ON = """
CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION vault_refuse_update()
"""


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse UPDATE on the tables that are written once."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    if not sqlite:
        schema_editor.execute(POSTGRESQL_FUNCTION.replace("%", "%%"), ())
    for table in WRITTEN_ONCE:
        schema_editor.execute((SQLITE_ON if sqlite else POSTGRESQL_ON).format(table=table))


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``add_triggers``."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in WRITTEN_ONCE:
        on = "" if sqlite else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER {table}_is_final{on}")
    if not sqlite:
        schema_editor.execute("DROP FUNCTION vault_refuse_update()")


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="CaseKey",
            fields=[
                ("stream", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("wrapped_c", models.BinaryField()),
                ("complainant_public", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Identity",
            fields=[
                ("stream", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("sealed_identity", models.BinaryField()),
                ("sealed_to_complainant", models.BinaryField()),
                ("created", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Opening",
            fields=[
                ("index", models.PositiveBigIntegerField(primary_key=True, serialize=False)),
                ("key", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Content",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("stream", models.CharField(max_length=32)),
                ("kind", models.CharField(max_length=40)),
                ("ciphertext", models.BinaryField()),
                ("created", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["stream"], name="vault_content_stream")],
            },
        ),
        migrations.CreateModel(
            name="IdentityRelease",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream", models.CharField(max_length=32)),
                ("recipient", models.CharField(max_length=60)),
                ("wrap", models.BinaryField()),
                ("created", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "recipient"), name="vault_one_release"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdentityShare",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stream", models.CharField(max_length=32)),
                ("officer_role", models.CharField(max_length=20)),
                ("generation", models.PositiveIntegerField()),
                ("wrap", models.BinaryField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("stream", "officer_role"), name="vault_one_share_per_role"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OfficerKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("role", models.CharField(max_length=20)),
                ("generation", models.PositiveIntegerField()),
                ("public", models.BinaryField()),
                ("sealed_private", models.BinaryField()),
                ("created", models.DateTimeField()),
                ("retired", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "generation"), name="vault_one_generation"
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("retired__isnull", True)),
                        fields=("role",),
                        name="vault_one_current_key_per_role",
                    ),
                ],
            },
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
