from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("rosters", "0004_touched_by_the_database")]

    operations = [
        migrations.AddField(
            model_name="handover",
            name="vault",
            field=models.CharField(
                blank=True,
                default="",
                help_text="key of the note; empty: the roster's",
                max_length=32,
            ),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="handover",
            name="withdrawn",
            field=models.DateTimeField(null=True),
        ),
        migrations.AlterField(
            model_name="handover",
            name="note",
            field=models.UUIDField(null=True, help_text="row in the vault; none: destroyed"),
        ),
    ]
