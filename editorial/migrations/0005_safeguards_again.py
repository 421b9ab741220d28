from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """SQLite drops the triggers of a table that a migration rebuilds; adding a column rebuilds it."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0004_contributors_side"),
        ("articles", "0003_declarations"),
        ("authors", "0002_joining"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
