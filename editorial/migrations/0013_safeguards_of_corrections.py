from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Adding a column has rebuilt the table of publications."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0012_safeguards_of_fabrication"), ("articles", "0006_correction")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
