from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0016_checklist_items")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
