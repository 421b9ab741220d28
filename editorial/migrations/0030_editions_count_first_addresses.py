from django.db import migrations

from editorial import safeguards


def install(apps, schema_editor):
    """Readers see where a piece was published first and how its lead picture is cut; and no number is given out twice."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [("editorial", "0029_announcement")]

    operations = [migrations.RunPython(install, migrations.RunPython.noop)]
