"""Conflict of interest in the database: since 0011 made there, for all its tables at once."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("cases", "0004_opening_request"), ("people", "0001_initial")]
    operations = ()
