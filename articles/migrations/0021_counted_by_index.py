from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("articles", "0020_publication_moment")]

    operations = [
        migrations.AddIndex(
            "article",
            models.Index(
                fields=["-published_at", "-id", "standing"], condition=Q(standing="live"), name="article_listed_by_day"
            ),
        ),
        migrations.AddIndex(
            "article",
            models.Index(
                fields=["live_section", "-published_at", "-id", "standing"],
                condition=Q(standing="live"),
                name="article_listed_by_section",
            ),
        ),
        migrations.AddIndex("publication", models.Index(fields=["kind", "-published_at"], name="publication_told")),
        migrations.RemoveIndex("article", "article_listed"),
        migrations.RemoveIndex("article", "article_listed_in"),
    ]
