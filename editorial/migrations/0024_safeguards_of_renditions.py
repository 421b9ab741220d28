from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Adding columns has rebuilt the table of pictures."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0023_saved_filters"), ("articles", "0010_renditions")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
