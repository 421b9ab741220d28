from django.db import migrations

FILL = """UPDATE articles_article SET live_section_id = (
    SELECT r.section_id FROM articles_publication p JOIN articles_revision r ON r.id = p.revision_id
    WHERE p.id = articles_article.live_id) WHERE live_id IS NOT NULL"""


class Migration(migrations.Migration):
    """On its own, because PostgreSQL changes no table whose triggers still wait for the end of the transaction."""

    dependencies = [("articles", "0018_live_section")]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
