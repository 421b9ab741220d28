from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0010_safeguards_of_recusal"), ("articles", "0005_repin")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
