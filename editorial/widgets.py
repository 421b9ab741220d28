from django import forms
from django.urls import reverse_lazy
from markdownx.widgets import MarkdownxWidget


class MarkdownEditor(MarkdownxWidget):
    """The markdownx widget with our own script: live preview, pictures by button, drop and paste. Without JavaScript
    it is a plain text field."""

    template_name = "editorial/markdown_editor.html"

    def __init__(self, piece_id: int | None = None, attrs: dict[str, str] | None = None):
        super().__init__(attrs)
        self.piece_id = piece_id

    def get_context(self, name: str, value: str, attrs: dict[str, str] | None) -> dict:
        attrs = {**(attrs or {}), "rows": "24", "spellcheck": "true"}
        context = forms.Textarea.get_context(self, name, value, attrs)
        context["piece_id"] = self.piece_id
        context["preview_url"], context["upload_url"] = PREVIEW, UPLOAD
        return context

    @property
    def media(self) -> forms.Media:
        return forms.Media(js=["js/markdown-editor.js"])


PREVIEW, UPLOAD = reverse_lazy("markdownx_markdownify"), reverse_lazy("markdownx_upload")
