from django.db import migrations, models

import network.models


class Migration(migrations.Migration):
    dependencies = [
        ("network", "0005_claim_days"),
    ]

    operations = [
        migrations.AddField(
            model_name="network",
            name="crawlers_refused",
            field=models.JSONField(
                blank=True,
                default=list,
                help_text="Their names, as robots.txt gives them. The rest may read what readers may.",
                verbose_name="AI crawlers that are refused",
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="masthead",
            field=models.TextField(
                blank=True,
                help_text="For the page “About”: who runs the network, edits it and pays for it. Markdown.",
                validators=[network.models.renders],
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="policies",
            field=models.TextField(
                blank=True,
                help_text="For the page “About”: how you choose, check and correct. Each heading can be linked to. Markdown.",
                validators=[network.models.renders],
            ),
        ),
        migrations.AddField(
            model_name="network",
            name="privacy",
            field=models.TextField(
                blank=True,
                help_text="For the page “Privacy”, under what the site itself does: who is responsible, and rights. Markdown.",
                validators=[network.models.renders],
            ),
        ),
    ]
