from django.db import migrations, models


def begin(apps, schema_editor):
    apps.get_model("network", "Edition").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("network", "0007_allows_republishing")]

    operations = [
        migrations.CreateModel(
            name="Edition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveBigIntegerField(default=1)),
            ],
            options={
                "constraints": [models.CheckConstraint(condition=models.Q(("pk", 1)), name="edition_is_one_row")],
            },
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
