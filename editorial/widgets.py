from django import forms
from django.urls import reverse, reverse_lazy
from markdownx.widgets import MarkdownxWidget


class MarkdownEditor(MarkdownxWidget):
    """The markdownx widget with our own scripts: toolbar, preview, clean paste, pictures by button, drop and paste.
    Without JavaScript it is a plain text field."""

    template_name = "editorial/markdown_editor.html"

    def __init__(self, piece_id: int | None = None, attrs: dict[str, str] | None = None):
        super().__init__(attrs)
        self.piece_id = piece_id

    def get_context(self, name: str, value: str, attrs: dict[str, str] | None) -> dict:
        attrs = {**(attrs or {}), "rows": "24", "spellcheck": "true"}
        context = forms.Textarea.get_context(self, name, value, attrs)
        context["piece_id"] = self.piece_id
        context["preview_url"], context["upload_url"] = PREVIEW, UPLOAD
        context["paste_url"] = reverse("editorial:paste", args=[self.piece_id]) if self.piece_id else ""
        context["marks"] = MARKS
        return context

    @property
    def media(self) -> forms.Media:
        scripts: list = [forms.Script(f"js/{name}.js", type="module") for name in SCRIPTS]
        return forms.Media(js=scripts)


PREVIEW, UPLOAD = reverse_lazy("markdownx_markdownify"), reverse_lazy("markdownx_upload")
SCRIPTS = ("markdown-editor", "markdown-toolbar", "markdown-pictures", "clean-paste")
MARKS = (  # what a button is called, the mark it makes, its key with Ctrl or ⌘
    ("Bold", "bold", "B"),
    ("Italic", "italic", "I"),
    ("Link", "link", "K"),
    ("Heading", "heading", "Shift+2"),
    ("Quote", "quote", "Shift+9"),
    ("List", "list", "Shift+8"),
    ("Numbered list", "numbered", "Shift+7"),
    ("Footnote", "footnote", "Shift+6"),
)
