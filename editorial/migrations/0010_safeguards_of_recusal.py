from importlib import import_module

from django.db import migrations

from editorial import safeguards

SEE = ("view_tie", "view_employment")
MEND = tuple(f"{verb}_{name}" for verb in ("add", "change", "delete") for name in ("tie", "employment"))
RIGHTS = {"editors": SEE, "standards": SEE + MEND}  # an editor who could tie the others would be the last one left


def install(apps, schema_editor):
    safeguards.install(schema_editor.connection)


def grant(apps, schema_editor):
    permission = import_module("editorial.migrations.0003_groups")._permission
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.add(*(permission(apps, "authors", codename) for codename in RIGHTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("editorial", "0009_recusal"), ("authors", "0003_ties")]

    operations = [
        migrations.RunPython(install, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
