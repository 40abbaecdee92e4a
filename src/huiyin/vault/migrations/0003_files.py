"""Files as they were handed in, and the triggers that refuse to change one in place."""

from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

WRITTEN_ONCE = ("vault_file", "vault_filewaiting")
SQLITE_ON = """
CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}
BEGIN SELECT RAISE(ABORT, '{table}: a sealed row is never changed'); END
"""
# The function is that of migration 0001.
POSTGRESQL_ON = """
CREATE TRIGGER {table}_is_final BEFORE UPDATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION vault_refuse_update()
"""


def add_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Refuse UPDATE on the tables that are written once."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in WRITTEN_ONCE:
        schema_editor.execute((SQLITE_ON if sqlite else POSTGRESQL_ON).format(table=table))


def drop_triggers(apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Undo ``add_triggers``."""
    sqlite = schema_editor.connection.vendor == "sqlite"
    for table in WRITTEN_ONCE:
        on = "" if sqlite else f" ON {table}"
        schema_editor.execute(f"DROP TRIGGER {table}_is_final{on}")


class Migration(migrations.Migration):
    dependencies = [("vault", "0002_officer_recovery")]

    operations = [
        migrations.CreateModel(
            name="FileKey",
            fields=[
                ("stream", models.CharField(max_length=32, primary_key=True, serialize=False)),
                ("public", models.BinaryField()),
                ("sealed_private", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="File",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("stream", models.CharField(max_length=32)),
                ("key", models.BinaryField()),
                ("sealed_name", models.BinaryField()),
                ("original", models.BinaryField()),
                ("created", models.DateTimeField()),
            ],
            options={"indexes": [models.Index(fields=["stream"], name="vault_file_stream")]},
        ),
        migrations.CreateModel(
            name="FileWaiting",
            fields=[
                ("id", models.UUIDField(primary_key=True, serialize=False)),
                ("stream", models.CharField(max_length=32)),
                ("wrap", models.BinaryField()),
            ],
        ),
        migrations.RunPython(add_triggers, drop_triggers),
    ]
