from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Which listed pieces have a tag, what stands in each part of the sitemap, how many notes and authors there are."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0033_derived_counts"),
        ("articles", "0023_listed_tags_and_sitemap_parts"),
        ("authors", "0006_letter_count"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
