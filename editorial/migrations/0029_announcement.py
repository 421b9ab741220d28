import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import network.clock


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0017_desk_covering_indexes"),
        ("editorial", "0028_desk_covering_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Announcement",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("first", "First publication"),
                            ("minor", "Minor change"),
                            ("update", "Update"),
                            ("clarification", "Clarification"),
                            ("correction", "Correction"),
                            ("editors_note", "Editor's note"),
                            ("retraction", "Retraction"),
                        ],
                        max_length=14,
                    ),
                ),
                ("notice", models.TextField()),
                ("correction", models.JSONField(blank=True, default=dict)),
                ("announced_at", models.DateTimeField(default=network.clock.now)),
                (
                    "announced_by",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
                (
                    "article",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="announcements", to="articles.article"
                    ),
                ),
                (
                    "submission",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="announcements",
                        to="editorial.submission",
                    ),
                ),
            ],
            options={
                "ordering": ["article", "-pk"],
            },
        ),
    ]
