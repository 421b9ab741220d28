from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("authors", "0005_public_author")]

    operations = [
        migrations.CreateModel(
            "LetterCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("first", models.CharField(max_length=1, unique=True)),
                ("number", models.IntegerField()),
            ],
        ),
    ]
