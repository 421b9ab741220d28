"""What collectstatic makes of the stylesheets."""

from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command


def test_reader_sheet_is_collected_whole(tmp_path, settings):
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "network.stylesheets.WholeSheets"}}

    call_command("collectstatic", interactive=False, verbosity=0)

    name = staticfiles_storage.stored_name("css/reader.css")
    sheet = (tmp_path / name).read_text()
    assert "@import" not in sheet
    assert "/*" not in sheet
    assert "--paper:" in sheet
    assert ".article" in sheet
    assert sheet.index("--paper:") < sheet.index(".article") < sheet.index("@media print {\n@page")
    assert (tmp_path / f"{name}.gz").exists()
    assert "@import" in (settings.BASE_DIR / "network/static/css/reader.css").read_text()
