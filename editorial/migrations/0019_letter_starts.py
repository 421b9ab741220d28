from importlib import import_module

from django.db import migrations

TEMPLATES = {
    "declined": (
        (
            "Not for us",
            (
                "It is not that the piece is badly made. We publish a few pieces a week, and this one is not "
                "close enough to what our readers come to {network} for.\n\n"
                "Nothing more happens with it here. If you have another idea, write to us before you write the "
                "piece, and we will tell you whether it could fit."
            ),
        ),
        (
            "Close to another piece",
            (
                "We have another piece on the same subject, and the two would say much the same to the same "
                "readers.\n\n"
                "That says nothing against “{title}”, and where you offer it next is yours to decide. If you come "
                "to see something that nobody else has, we would like to read that."
            ),
        ),
        (
            "The argument does not hold yet",
            (
                "We read it twice. The claim is clear, and what would make a doubtful reader believe it is not in "
                "the piece yet: it asserts where it would have to show.\n\n"
                "We cannot take this version any further. If you find the evidence, offer it to us as a new "
                "piece, and an editor reads it from the beginning."
            ),
        ),
        (
            "The moment has passed",
            (
                "The piece answers something that readers have moved on from since you sent it to us.\n\n"
                "It ends here without a fault of yours. If you have a thought on what comes next, a short note to "
                "the desk is enough to begin with."
            ),
        ),
        (
            "We cannot stand behind a passage",
            (
                "One passage says something about a person that we could not show to be true if they asked us to. "
                "Without it the piece would be another one.\n\n"
                "So we decline it as it is. If you have documents that we have not seen, tell us, and we look at "
                "them before anything else."
            ),
        ),
    ),
    "changes_asked": (
        (
            "Small things",
            (
                "We want to publish this. The comments are small, and none of them touches what you argue.\n\n"
                "Change what you agree with, answer where you do not, and submit it again. The same editor reads "
                "it next."
            ),
        ),
        (
            "Show where it comes from",
            (
                "Please give us the source of each fact and quotation that a comment names: a link, a document, "
                "or whom you asked and when.\n\n"
                "Once they are there, submit it again. We check them, and then decide."
            ),
        ),
        (
            "Shorter, and one argument",
            (
                "There are two pieces in this one, and the better one is the second. Cut towards it, and let the "
                "first go.\n\n"
                "When you have submitted it again, we read the whole text anew."
            ),
        ),
        (
            "Ask the other side",
            (
                "The piece criticises somebody who has not had a chance to answer. Ask them, give them a day, and "
                "put what they say into the text; if they say nothing, write that.\n\n"
                "We cannot approve it before that. Take the time you need."
            ),
        ),
    ),
    "killed": (
        (
            "Overtaken by events",
            (
                "What the piece rests on has changed since we accepted it, and we could not publish it today "
                "without telling readers something that is no longer so.\n\n"
                "We are sorry, {name}: you did your part. If you want to write about what is true now, tell the "
                "editor, who has kept your place."
            ),
        ),
        (
            "New facts about the piece",
            (
                "After we had accepted it, we learned something about the piece that we cannot leave aside.\n\n"
                "The editor explains it to you in person if you answer this letter, and hears what you say to it. "
                "The decision to drop the piece stands."
            ),
        ),
        (
            "We changed our mind",
            (
                "We accepted the piece, and we should have thought longer. The mistake is ours and not yours.\n\n"
                "Nothing more happens with it here, and nothing stands in your way elsewhere. If a fee was "
                "agreed, it is paid."
            ),
        ),
    ),
    "invitation": (
        (
            "We read something of yours",
            (
                "We have read what you wrote elsewhere, and would like our readers to have you.\n\n"
                "Once your account is open, begin a draft whenever you like. An editor reads what you submit, and "
                "you hear by the day that the receipt names."
            ),
        ),
        (
            "You applied",
            (
                "Thank you for your application. What you sent made us want to read more.\n\n"
                "Open your account, write your profile, and begin with the idea that you told us about. Nobody "
                "sees a draft before you submit it."
            ),
        ),
        (
            "To answer a piece",
            (
                "We published something that you know more about than its author, and readers should hear it.\n\n"
                "Once your account is open, begin a piece and choose “response” as its label. It may disagree "
                "with us as plainly as you wish."
            ),
        ),
    ),
    "application_declined": (
        (
            "No room at present",
            (
                "We take in only as many people as our editors can read with care, and at present there is no "
                "room.\n\n"
                "You may apply again at any time, and half a year from now would be a good one."
            ),
        ),
        (
            "We would like to see more",
            (
                "What you sent us is too little to decide on, so for now the answer is no.\n\n"
                "Apply again with a finished piece, or with a link to something that you have published, and an "
                "editor reads it."
            ),
        ),
        (
            "Another kind of writing",
            (
                "{network} publishes opinion by people who know a subject from their own work. What you propose "
                "is something else, and other places do it better.\n\n"
                "If you would write about what you do yourself, apply again and tell us about that."
            ),
        ),
    ),
}
RIGHTS = {
    "editors": ("view_lettertemplate",),
    "publishers": ("view_lettertemplate",),
    "standards": ("view_lettertemplate", "add_lettertemplate", "change_lettertemplate", "delete_lettertemplate"),
}


def fill(apps, schema_editor):
    """What a network's letters may start from; standards make them their own."""
    templates = apps.get_model("editorial", "LetterTemplate").objects
    for kind, rows in TEMPLATES.items():
        for position, (reason, words) in enumerate(rows):
            templates.get_or_create(kind=kind, reason=reason, defaults={"words": words, "position": position})


def grant(apps, schema_editor):
    permission = import_module("editorial.migrations.0003_groups")._permission
    for group in apps.get_model("auth", "Group").objects.filter(name__in=RIGHTS):
        group.permissions.add(*(permission(apps, "editorial", codename) for codename in RIGHTS[group.name]))


class Migration(migrations.Migration):
    dependencies = [("editorial", "0018_letter_templates")]

    operations = [
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.RunPython(grant, migrations.RunPython.noop),
    ]
