from django.db import migrations

from network import markup


def fill(apps, schema_editor):
    """What is listed already, as `articles.search.keep` takes it in from now on."""
    Article, SearchText = apps.get_model("articles", "Article"), apps.get_model("articles", "SearchText")
    pieces = Article.objects.filter(standing="live").select_related("live__revision").order_by("pk")
    for piece in pieces.iterator(500):
        revision = piece.live.revision
        names = [author["name"] for author in revision.byline]
        SearchText.objects.create(
            article=piece,
            publication=piece.live,
            section_id=revision.section_id,
            published_at=piece.published_at,
            headline=revision.headline,
            dek=revision.dek,
            byline=names[0] if len(names) == 1 else ", ".join(names[:-1]) + " and " + names[-1] if names else "",
            body=plain(revision.body),
        )


def plain(body):
    try:
        return markup.plain(body)
    except markup.TooLong:
        return body


class Migration(migrations.Migration):
    dependencies = [("articles", "0012_search_text_index")]

    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
