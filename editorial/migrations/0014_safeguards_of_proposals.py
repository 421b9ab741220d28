from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0013_safeguards_of_corrections")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
