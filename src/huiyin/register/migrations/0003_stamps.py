"""Checkpoints that a time-stamping authority has stamped."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0002_witnesses")]

    operations = [
        migrations.CreateModel(
            name="Stamped",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("token", models.BinaryField()),
                ("stamped_at", models.DateTimeField(help_text="the time in the token")),
                ("at", models.DateTimeField()),
            ],
        ),
    ]
