from django.conf import settings
from django.db import migrations, models

import network.languages


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0007_high_risk_sections"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="article",
            name="language",
            field=models.CharField(default="en", max_length=12, validators=[network.languages.is_known]),
        ),
        migrations.AddField(
            model_name="article",
            name="response_kind",
            field=models.CharField(
                choices=[
                    ("responds", "Responds to it"),
                    ("rebuts", "Argues against it"),
                    ("extends", "Carries it further"),
                ],
                default="responds",
                max_length=8,
                verbose_name="what it does with that piece",
            ),
        ),
        migrations.AddField(
            model_name="picture",
            name="focus_x",
            field=models.PositiveSmallIntegerField(
                default=50, help_text="Where a cut stays, in percent from the left."
            ),
        ),
        migrations.AddField(
            model_name="picture",
            name="focus_y",
            field=models.PositiveSmallIntegerField(default=50, help_text="Where a cut stays, in percent from the top."),
        ),
        migrations.AddField(
            model_name="publication",
            name="has_reviewed_links",
            field=models.BooleanField(
                default=False, help_text="Whether an editor had vouched for the links when it was published."
            ),
        ),
        migrations.AddField(
            model_name="revision",
            name="language",
            field=models.CharField(default="en", max_length=12),
        ),
        migrations.AddField(
            model_name="revision",
            name="response_kind",
            field=models.CharField(
                choices=[
                    ("responds", "Responds to it"),
                    ("rebuts", "Argues against it"),
                    ("extends", "Carries it further"),
                ],
                default="responds",
                max_length=8,
            ),
        ),
        migrations.AddConstraint(
            model_name="picture",
            constraint=models.CheckConstraint(
                condition=models.Q(("focus_x__lte", 100), ("focus_y__lte", 100)), name="picture_focus_is_inside"
            ),
        ),
    ]
