import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import editorial.models.correspondence
import network.clock
from editorial import safeguards


def install(apps, schema_editor):
    """Adding a column has rebuilt the table of authors."""
    safeguards.install(schema_editor.connection)


class Migration(migrations.Migration):
    dependencies = [
        ("articles", "0008_readers_site"),
        ("authors", "0004_takes_letters"),
        ("editorial", "0024_safeguards_of_renditions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Correspondence",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "to",
                    models.CharField(
                        choices=[
                            ("author", "To an author"),
                            ("desk", "To the desk"),
                            ("correction", "Asks for a correction"),
                        ],
                        max_length=10,
                    ),
                ),
                (
                    "topic",
                    models.CharField(
                        choices=[
                            ("general", "Something else"),
                            ("publication", "A letter to be published"),
                            ("piece", "About a piece"),
                            ("privacy", "Privacy: what you hold about me"),
                        ],
                        default="general",
                        max_length=11,
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("unconfirmed", "Not confirmed yet"),
                            ("open", "Open"),
                            ("answered", "Answered"),
                            ("closed", "Closed"),
                        ],
                        default="unconfirmed",
                        max_length=11,
                    ),
                ),
                ("name", models.CharField(max_length=120)),
                ("email", models.EmailField(max_length=254, verbose_name="e-mail address")),
                ("may_be_published", models.BooleanField(default=False, verbose_name="may be published as a letter")),
                (
                    "digest",
                    models.CharField(help_text="By which the same letter is known when it comes again.", max_length=64),
                ),
                (
                    "reader_key",
                    models.CharField(
                        default=editorial.models.correspondence.random_key,
                        help_text="In the reader's mail.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "other_key",
                    models.CharField(
                        default=editorial.models.correspondence.random_key,
                        help_text="In the author's mail.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("begun_at", models.DateTimeField(default=network.clock.now)),
                ("confirmed_at", models.DateTimeField(blank=True, null=True)),
                ("last_at", models.DateTimeField(default=network.clock.now, verbose_name="last letter")),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                ("is_muted", models.BooleanField(default=False, verbose_name="no mail about it")),
                ("reported_at", models.DateTimeField(blank=True, null=True)),
                ("report", models.TextField(blank=True, max_length=2000, verbose_name="why it was reported")),
                (
                    "article",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correspondence",
                        to="articles.article",
                    ),
                ),
                (
                    "assigned_to",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "author",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="correspondence",
                        to="authors.author",
                    ),
                ),
            ],
            options={
                "verbose_name": "letter from a reader",
                "verbose_name_plural": "letters from readers",
                "ordering": ["-last_at", "-pk"],
            },
        ),
        migrations.CreateModel(
            name="CorrectionRequest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "key",
                    models.CharField(
                        default=editorial.models.correspondence.random_key,
                        help_text="In the address of its page.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                ("quote", models.TextField(max_length=2000, verbose_name="the passage")),
                ("wrong", models.TextField(max_length=5000, verbose_name="what is wrong")),
                ("right", models.TextField(blank=True, max_length=5000, verbose_name="what is right")),
                ("source", models.TextField(blank=True, max_length=2000, verbose_name="where that can be read")),
                ("looked_at", models.DateTimeField(blank=True, null=True, verbose_name="taken up")),
                (
                    "outcome",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("", "No answer yet"),
                            ("corrected", "Corrected"),
                            ("clarified", "Clarified"),
                            ("unchanged", "No change"),
                        ],
                        default="",
                        max_length=9,
                    ),
                ),
                ("words", models.TextField(blank=True, max_length=5000, verbose_name="the answer")),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "decided_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "publication",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="articles.publication",
                    ),
                ),
                (
                    "correspondence",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="correction",
                        to="editorial.correspondence",
                    ),
                ),
            ],
            options={
                "verbose_name": "correction request",
                "ordering": ["pk"],
            },
        ),
        migrations.AddField(
            model_name="letter",
            name="correspondence",
            field=models.ForeignKey(
                blank=True,
                help_text="With a reader: the letter goes when that is deleted.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="letters",
                to="editorial.correspondence",
            ),
        ),
        migrations.CreateModel(
            name="Message",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "side",
                    models.CharField(
                        choices=[("reader", "The reader"), ("author", "The author"), ("desk", "The desk")], max_length=6
                    ),
                ),
                ("text", models.TextField(max_length=20000)),
                ("written_at", models.DateTimeField(default=network.clock.now)),
                (
                    "source",
                    models.CharField(
                        blank=True, help_text="By which a mail is known when it comes again.", max_length=64
                    ),
                ),
                (
                    "by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "correspondence",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="messages",
                        to="editorial.correspondence",
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="correspondence",
            index=models.Index(fields=["closed_at"], name="correspondence_closed"),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(("to__in", ["author", "desk", "correction"])), name="correspondence_to_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(("topic__in", ["general", "publication", "piece", "privacy"])),
                name="correspondence_topic_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["unconfirmed", "open", "answered", "closed"])),
                name="correspondence_state_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("confirmed_at", None), ("state", "unconfirmed")),
                    models.Q(models.Q(("state", "unconfirmed"), _negated=True), ("confirmed_at__isnull", False)),
                    _connector="OR",
                ),
                name="correspondence_confirmed_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_at__isnull", False), ("state", "closed")),
                    models.Q(models.Q(("state", "closed"), _negated=True), ("closed_at", None)),
                    _connector="OR",
                ),
                name="correspondence_close_has_time",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to", "author"), _negated=True),
                    models.Q(("article__isnull", False), ("author__isnull", False)),
                    _connector="OR",
                ),
                name="correspondence_author_named",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("to", "correction"), _negated=True), ("article__isnull", False), _connector="OR"
                ),
                name="correspondence_correction_of_piece",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("report", ""), ("reported_at", None)),
                    models.Q(("reported_at__isnull", False), models.Q(("report", ""), _negated=True)),
                    _connector="OR",
                ),
                name="correspondence_report_has_words",
            ),
        ),
        migrations.AddConstraint(
            model_name="correspondence",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "closed"), _negated=True),
                fields=("digest",),
                name="correspondence_once_while_open",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("outcome__in", ["", "corrected", "clarified", "unchanged"])),
                name="correction_request_outcome_known",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("decided_at", None),
                        ("decided_by", None),
                        ("outcome", ""),
                        ("publication", None),
                        ("words", ""),
                    ),
                    models.Q(
                        models.Q(("outcome", ""), _negated=True),
                        models.Q(("words", ""), _negated=True),
                        ("decided_at__isnull", False),
                        ("decided_by__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="correction_request_decided_whole",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("looked_at", None), ("outcome", "")), ("looked_at__isnull", False), _connector="OR"
                ),
                name="correction_request_looked_at_first",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("outcome__in", ["", "unchanged"]), ("publication", None)),
                    models.Q(("outcome__in", ["corrected", "clarified"]), ("publication__isnull", False)),
                    _connector="OR",
                ),
                name="correction_request_names_publication",
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("side__in", ["reader", "author", "desk"])), name="message_side_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.CheckConstraint(
                condition=models.Q(("text", ""), _negated=True), name="message_has_words"
            ),
        ),
        migrations.AddConstraint(
            model_name="message",
            constraint=models.UniqueConstraint(
                condition=models.Q(("source", ""), _negated=True),
                fields=("correspondence", "source"),
                name="message_source_once",
            ),
        ),
        migrations.RunPython(install, migrations.RunPython.noop),
    ]
