from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """The section in which readers find a piece follows from what is live."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0030_editions_count_first_addresses"), ("articles", "0019_live_section_of_pieces")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
