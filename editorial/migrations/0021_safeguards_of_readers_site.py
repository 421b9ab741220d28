from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Adding columns has rebuilt the tables of pieces, revisions and publications."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0020_assignment"), ("articles", "0008_readers_site")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
