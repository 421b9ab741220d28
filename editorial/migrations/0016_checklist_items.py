from importlib import import_module

from django.db import migrations

ITEMS = (
    ("facts", "Facts and quotations have a source, or the author has shown one.", "body images"),
    ("headline", "The headline is borne out by the text.", "headline dek body"),
    ("libel", "Nobody is accused of anything the piece cannot support.", "headline dek body images libel"),
    ("reply", "Whoever is criticised could reply, and what they said is in the piece.", "headline body"),
    ("links", "Every link leads where it says.", "body byline"),
    ("disclosure", "The disclosure line is right for this piece, and is printed.", "disclosure byline body"),
    ("pictures", "The pictures may be used, and are described and credited.", "images"),
    ("ai", "What the author says about AI fits what I read.", "body ai"),
    ("minors", "No child can be found or hurt through this piece.", "headline body images"),
    ("embargo", "The piece keeps every embargo and every confidence it rests on.", "body embargo"),
)
HIGH_RISK = (
    ("evidence", "I have seen the evidence for each passage that somebody could contest.", "body images libel"),
)
RIGHTS = {
    "editors": ("view_checklistitem",),
    "publishers": ("view_checklistitem",),
    "standards": ("view_checklistitem", "add_checklistitem", "change_checklistitem"),
}


def fill(apps, schema_editor):
    """The template that a network begins with; standards make it their own."""
    items = apps.get_model("editorial", "ChecklistItem").objects
    for position, (key, words, parts) in enumerate(ITEMS + HIGH_RISK):
        more = {"looks_at": parts.split(), "position": position, "is_high_risk_only": position >= len(ITEMS)}
        items.get_or_create(key=key, defaults={"words": words, **more})


def grant(apps, schema_editor):
    permission = import_module("editorial.migrations.0003_groups")._permission
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.add(*(permission(apps, "editorial", codename) for codename in RIGHTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("editorial", "0015_checklists")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
