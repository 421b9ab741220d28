from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Which authors readers know, and how many pieces are listed, follow from what is live; now and from now on."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0032_letter_handed_over"),
        ("articles", "0022_listed_counts"),
        ("authors", "0005_public_author"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
