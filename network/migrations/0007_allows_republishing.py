from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0006_about_the_network"),
    ]

    operations = [
        migrations.AddField(
            model_name="network",
            name="allows_republishing",
            field=models.BooleanField(
                default=False,
                help_text="Whether each piece has a page with its text for other sites to copy. Ask your agreement first.",
                verbose_name="allows republishing",
            ),
        ),
    ]
