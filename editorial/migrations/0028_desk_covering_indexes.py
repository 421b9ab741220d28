from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0017_desk_covering_indexes"),
        ("editorial", "0027_editions_are_counted"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("is_blocking", True), ("resolved_at", None)),
                fields=["article"],
                name="comment_holding_back",
            ),
        ),
        migrations.AddIndex(
            model_name="review",
            index=models.Index(
                fields=["article", "decision", "-id", "package_hash", "disclaimer"], name="review_newest"
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["submitted_at"], name="submission_submitted"
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["claimed_at"], name="submission_claimed"
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("closed_at", None)), fields=["answered_at"], name="submission_answered"
            ),
        ),
    ]
