import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("plans", "0003_alerts")]

    operations = [
        migrations.AddField(
            model_name="alert",
            name="kind",
            field=models.CharField(
                default="Alert", help_text="Alert, Update or Cancel", max_length=6
            ),
        ),
        migrations.AddField(
            model_name="alert",
            name="follows",
            field=models.OneToOneField(
                help_text="the message that this one updates or cancels",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="followed_by",
                to="plans.alert",
            ),
        ),
    ]
