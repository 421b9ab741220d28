from django.db import migrations, models

ID = models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")


class Migration(migrations.Migration):
    dependencies = [("articles", "0022_listed_counts")]

    operations = [
        migrations.CreateModel(
            "KeptCount",
            fields=[
                ("id", ID),
                ("kind", models.CharField(max_length=4)),
                ("subject", models.PositiveBigIntegerField(help_text="The number of a tag; 0 for what is of nothing.")),
                ("number", models.IntegerField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("kind", "subject"), name="kept_count_once")],
            },
        ),
        migrations.CreateModel(
            "ListedTag",
            fields=[
                ("id", ID),
                ("tag", models.PositiveBigIntegerField()),
                ("article", models.PositiveBigIntegerField()),
                ("published_at", models.DateTimeField()),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("article", "tag"), name="listed_tag_once")],
                "indexes": [models.Index(fields=["tag", "-published_at", "-article"], name="listed_tag_by_day")],
            },
        ),
        migrations.CreateModel(
            "SitemapPart",
            fields=[
                ("id", ID),
                (
                    "number",
                    models.PositiveBigIntegerField(
                        help_text="1 for the pieces with the numbers 1 to 1,000.", unique=True
                    ),
                ),
                ("pieces", models.IntegerField()),
                ("changed_at", models.DateTimeField(null=True)),
            ],
            options={"ordering": ["number"]},
        ),
        migrations.AddIndex(
            "listedcount",
            models.Index(fields=["month", "section", "number"], name="listed_count_by_month"),
        ),
        migrations.AddIndex(
            "publication",
            models.Index(
                condition=~models.Q(kind="first") & ~models.Q(kind="minor"),
                fields=["-published_at", "-id", "article", "kind"],
                name="publication_told_by_day",
            ),
        ),
        migrations.RemoveIndex("publication", "publication_told_of"),
    ]
