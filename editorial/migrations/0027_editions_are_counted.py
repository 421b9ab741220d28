from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Every change of what readers see makes a new edition, in its own transaction."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0026_safeguards_of_search"),
        ("network", "0008_edition"),
        ("articles", "0014_old_addresses"),
        ("authors", "0004_takes_letters"),
    ]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
