from django.db import migrations

from articles.search import backend


def install(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        backend.of(schema_editor.connection).install(cursor)


def remove(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        backend.of(schema_editor.connection).remove(cursor)


class Migration(migrations.Migration):
    dependencies = [("articles", "0011_search_text")]

    operations = [migrations.RunPython(install, remove)]
