from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    safeguards.install(schema_editor.connection)


def remove(apps, schema_editor):
    safeguards.remove(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0001_records"), ("articles", "0002_rules"), ("authors", "0001_records")]

    operations = [migrations.RunPython(install, remove)]
