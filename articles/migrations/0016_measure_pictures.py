from django.db import migrations


def measure(apps, schema_editor):
    """How many bytes each picture has. One whose file is gone has none."""
    Picture = apps.get_model("articles", "Picture")
    for picture in Picture.objects.filter(size=0).iterator(500):
        if picture.file.storage.exists(picture.file.name):
            Picture.objects.filter(pk=picture.pk).update(size=picture.file.size)


class Migration(migrations.Migration):
    dependencies = [("articles", "0015_picture_size")]

    operations = [migrations.RunPython(measure, migrations.RunPython.noop)]
