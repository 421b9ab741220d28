import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import articles.models.rendition
import network.clock

SHAPES = [
    ("whole", "Whole"),
    ("card", "3:2, for cards"),
    ("square", "1:1, for machines"),
    ("standard", "4:3, for machines"),
    ("wide", "16:9, for machines"),
]
FORMATS = [("avif", "AVIF"), ("webp", "WebP"), ("jpeg", "JPEG"), ("png", "PNG")]


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0009_desk_indexes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="picture",
            name="rendition_tries",
            field=models.PositiveSmallIntegerField(default=0, editable=False),
        ),
        migrations.AddField(
            model_name="picture",
            name="renditions_due_at",
            field=models.DateTimeField(
                default=network.clock.now,
                editable=False,
                help_text="From when on they are to be made; empty once they are.",
                null=True,
            ),
        ),
        migrations.AddIndex(
            model_name="picture",
            index=models.Index(
                condition=models.Q(("renditions_due_at__isnull", False)),
                fields=["renditions_due_at", "id"],
                name="picture_renditions_due",
            ),
        ),
        migrations.CreateModel(
            name="Rendition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("shape", models.CharField(choices=SHAPES, max_length=8)),
                ("format", models.CharField(choices=FORMATS, max_length=4)),
                ("width", models.PositiveIntegerField()),
                ("height", models.PositiveIntegerField()),
                ("focus_x", models.PositiveSmallIntegerField(default=50)),
                ("focus_y", models.PositiveSmallIntegerField(default=50)),
                ("file", models.FileField(upload_to=articles.models.rendition._place)),
                ("bytes", models.PositiveIntegerField()),
                ("sha256", models.CharField(max_length=64)),
                (
                    "picture",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="renditions", to="articles.picture"
                    ),
                ),
            ],
            options={
                "ordering": ["picture", "shape", "width", "format"],
                "constraints": [
                    models.UniqueConstraint(fields=("picture", "shape", "width", "format"), name="rendition_once"),
                    models.CheckConstraint(
                        condition=models.Q(("shape__in", [shape for shape, _ in SHAPES])), name="rendition_shape_known"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("format__in", [kind for kind, _ in FORMATS])),
                        name="rendition_format_known",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("bytes__gt", 0), ("height__gt", 0), ("width__gt", 0)),
                        name="rendition_has_size",
                    ),
                ],
            },
        ),
    ]
