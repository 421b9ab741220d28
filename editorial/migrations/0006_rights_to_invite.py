from importlib import import_module

from django.db import migrations

DESK = ("editors", "publishers", "standards")
RIGHTS = ("view_application", "view_invitation")


def grant(apps, schema_editor):
    """The desk sees who applies and who is invited; editors decide and invite (`editorial.permissions.can_invite`)."""
    permission = import_module("editorial.migrations.0003_groups")._permission
    for group in apps.get_model("auth", "Group").objects.filter(name__in=DESK):
        group.permissions.add(*(permission(apps, "authors", codename) for codename in RIGHTS))


class Migration(migrations.Migration):
    dependencies = [("editorial", "0005_safeguards_again")]

    operations = [migrations.RunPython(grant, migrations.RunPython.noop)]
