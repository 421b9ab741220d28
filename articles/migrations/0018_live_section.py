import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0017_desk_covering_indexes"),
        ("authors", "0004_takes_letters"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="article",
            name="article_by_section",
        ),
        migrations.AddField(
            model_name="article",
            name="live_section",
            field=models.ForeignKey(
                blank=True,
                db_index=False,
                editable=False,
                help_text="Of the live revision, beside the moment by which lists are ordered.",
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="articles.section",
            ),
        ),
        migrations.AddIndex(
            model_name="article",
            index=models.Index(
                condition=models.Q(("standing", "live")),
                fields=["live_section", "-published_at", "-id"],
                name="article_listed_in",
            ),
        ),
    ]
