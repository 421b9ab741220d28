from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Only what is published can be found, and a piece leaves the search before it leaves the listings."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0025_correspondence"), ("articles", "0014_old_addresses")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
