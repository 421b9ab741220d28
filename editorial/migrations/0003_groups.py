from django.db import migrations

READ = ("article", "revision", "publication", "picture", "section", "tag", "disclaimer")
RIGHTS = {
    "contributors": {},
    "editors": {
        "articles": [*(f"view_{name}" for name in READ), "add_tag"],
        "authors": [
            "view_author",
            "change_author",
            "add_author",
            "view_sociallink",
            "add_sociallink",
            "change_sociallink",
            "view_agreement",
        ],
        "editorial": ["view_event", "view_letter"],
    },
    "publishers": {
        "articles": [f"view_{name}" for name in READ],
        "authors": ["view_author", "view_agreement"],
        "editorial": ["view_event", "view_letter"],
    },
    "standards": {
        "articles": [
            *(f"view_{name}" for name in READ),
            "add_disclaimer",
            "change_disclaimer",
            "add_section",
            "change_section",
        ],
        "authors": ["view_author", "change_author", "view_agreement", "add_agreement", "change_agreement"],
        "editorial": ["view_event", "view_letter"],
        "network": ["view_network", "change_network"],
    },
}


def make_groups(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name, rights in RIGHTS.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(
            *(_permission(apps, app, codename) for app, names in rights.items() for codename in names)
        )


def _permission(apps, app, codename):
    """The permission, made here where Django's own has not been made yet; it finds this one later."""
    verb, model = codename.split("_")
    kind, _ = apps.get_model("contenttypes", "ContentType").objects.get_or_create(app_label=app, model=model)
    Permission = apps.get_model("auth", "Permission")
    name = f"Can {verb} {apps.get_model(app, model)._meta.verbose_name}"
    return Permission.objects.get_or_create(content_type=kind, codename=codename, defaults={"name": name})[0]


class Migration(migrations.Migration):
    dependencies = [
        ("editorial", "0002_safeguards"),
        ("network", "0001_records"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(make_groups, migrations.RunPython.noop)]
