"""The full-text index over summaries; see cases/search.py."""

from typing import Any

from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "sqlite":
        schema_editor.execute(
            "CREATE VIRTUAL TABLE cases_summary USING fts5(words, tokenize='unicode61')"
        )
    else:
        schema_editor.execute(
            "CREATE TABLE cases_summary (id bigint PRIMARY KEY, words tsvector NOT NULL)"
        )
        schema_editor.execute("CREATE INDEX cases_summary_words ON cases_summary USING gin (words)")


def drop(apps: Any, schema_editor: Any) -> None:
    schema_editor.execute("DROP TABLE cases_summary")


class Migration(migrations.Migration):
    dependencies = [("cases", "0002_initial")]
    operations = [migrations.RunPython(create, drop)]
