"""A stored file as an answer."""

from django.db.models.fields.files import FieldFile
from django.http import FileResponse, Http404

A_DAY = 86_400


def answer(file: FieldFile, *, is_public: bool) -> FileResponse:
    """A cleaned picture. Its address never shows anything else, so a browser may keep a public one for a day."""
    try:
        response = FileResponse(file.open("rb"))
    except FileNotFoundError:
        raise Http404 from None
    response["Cache-Control"] = f"public, max-age={A_DAY}" if is_public else "private, no-store"
    response["Content-Disposition"] = "inline"
    return response
