from django.db import migrations

FILL = """UPDATE authors_author SET is_public = EXISTS (
    SELECT 1 FROM articles_byline b JOIN articles_article a ON a.id = b.article_id
    WHERE b.author_id = authors_author.id AND a.live_id IS NOT NULL)"""


class Migration(migrations.Migration):
    """On its own, because PostgreSQL changes no table whose triggers still wait for the end of the transaction."""

    dependencies = [
        ("editorial", "0032_letter_handed_over"),
        ("articles", "0022_few_of_many"),
        ("authors", "0005_public_author"),
    ]

    operations = [migrations.RunSQL(FILL, migrations.RunSQL.noop)]
