from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Which authors readers know follows from what was ever live."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0033_public_authors")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
