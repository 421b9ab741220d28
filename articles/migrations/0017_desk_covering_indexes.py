from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0016_measure_pictures"),
        ("authors", "0004_takes_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="article",
            name="article_stage",
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                fields=["stage", "id", "slug", "standing", "created_by", "saved_at"], name="article_at_desk"
            ),
        ),
        migrations.AddIndex(
            model_name="revision",
            index=models.Index(fields=["article", "-number", "package_hash"], name="revision_newest"),
        ),
    ]
