"""What witnesses have cosigned. These rows change as witnesses follow; they are no evidence of
their own, the signatures in them are."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("register", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="Cosigned",
            fields=[
                ("size", models.BigIntegerField(primary_key=True, serialize=False)),
                ("note", models.TextField()),
                ("enough", models.BooleanField(default=False)),
                ("at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="Witness",
            fields=[
                ("vkey", models.CharField(max_length=400, primary_key=True, serialize=False)),
                ("size", models.BigIntegerField(default=0)),
                ("cosigned_at", models.DateTimeField(null=True)),
                ("tried_at", models.DateTimeField(null=True)),
                ("trouble", models.CharField(default="", max_length=40)),
                ("detail", models.CharField(default="", max_length=300)),
                ("since", models.DateTimeField(null=True)),
            ],
        ),
    ]
