from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0008_readers_site"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("embargo_until__isnull", False)), fields=["embargo_until"], name="article_embargo"
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(condition=models.Q(("is_on_legal_hold", True)), fields=["id"], name="article_on_hold"),
        ),
    ]
