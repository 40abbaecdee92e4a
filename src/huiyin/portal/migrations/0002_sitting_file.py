from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("portal", "0001_initial")]

    operations = [
        migrations.CreateModel(
            name="SittingFile",
            fields=[
                ("id", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("sitting", models.BinaryField(db_index=True, max_length=32)),
                (
                    "size",
                    models.PositiveIntegerField(
                        help_text="bytes, for the room that all drafts take"
                    ),
                ),
                ("sealed", models.BinaryField()),
                ("expires", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
