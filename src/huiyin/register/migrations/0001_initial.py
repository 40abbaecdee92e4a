"""Leaves, tiles and takeovers only grow; the head moves forward with them."""

from django.db import migrations, models

from huiyin.register.protection import refuse_changes


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Leaf",
            fields=[
                ("index", models.IntegerField(primary_key=True, serialize=False)),
                ("data", models.BinaryField()),
                ("hash", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Tile",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "level",
                        "number",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("level", models.SmallIntegerField()),
                ("number", models.IntegerField()),
                ("hashes", models.BinaryField()),
                ("root", models.BinaryField()),
            ],
        ),
        migrations.CreateModel(
            name="Head",
            fields=[
                (
                    "id",
                    models.SmallIntegerField(default=1, primary_key=True, serialize=False),
                ),
                ("size", models.BigIntegerField()),
                ("root", models.BinaryField()),
                ("frontier", models.BinaryField()),
                ("checkpoint", models.TextField()),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Origin",
            fields=[
                ("index", models.IntegerField(primary_key=True, serialize=False)),
                ("key", models.BinaryField()),
                ("statement", models.TextField()),
            ],
        ),
        *refuse_changes("register_leaf"),
        *refuse_changes("register_tile"),
        *refuse_changes("register_origin"),
    ]
