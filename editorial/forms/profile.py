"""How an author is printed, and where they can be followed."""

from itertools import groupby
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.forms import BaseFormSet, formset_factory

from authors.models import Author, Site, SocialLink
from authors.models.author import ADDRESS_IS_TAKEN
from editorial.forms.byline import Name

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
BIO = 160


def _zones(current: str) -> list[tuple[str, Any]]:
    """The zones that are named after places, grouped by region; also the author's own where it is none of these."""
    names = sorted(name for name in available_timezones() if name.split("/")[0] in REGIONS)
    regions = groupby(names, key=lambda name: name.split("/")[0])
    grouped = [(region, [(name, _city(name)) for name in inside]) for region, inside in regions]
    others = [name for name in dict.fromkeys(("UTC", current)) if name and name not in names]
    return [*((name, name) for name in others), *grouped]


def _city(name: str) -> str:
    return ", ".join(reversed(name.replace("_", " ").split("/")[1:]))


class OneLine(forms.CharField):
    """Text whose line breaks count as one blank each, as readers see them, and whose characters are code points: what
    network/static/js/character-count.js counts."""

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").replace("\r\n", "\n").splitlines())


class ProfileForm(forms.ModelForm):
    """How an author is printed. Saving it confirms the bio for a year."""

    bio = OneLine(
        label="Short bio",
        required=False,
        help_text=f"One or two sentences under each piece, at most {BIO} characters.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    portrait = forms.FileField(
        required=False,
        label="Portrait",
        help_text="JPEG, PNG, WebP, AVIF or GIF, at most 15 MB. Its middle is cut out as a square.",
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp,image/avif,image/gif"}),
    )
    has_rights = forms.BooleanField(required=False, label="I own the rights in this picture")
    remove_portrait = forms.BooleanField(required=False, label="Remove my portrait")

    class Meta:
        model = Author
        fields = [
            *["name", "slug", "familiar", "role", "bio", "long_bio", "portrait_alt", "time_zone", "mail"],
            "takes_letters",
        ]
        field_classes = {"name": Name}
        labels = {"name": "Display name", "slug": "Address of your page", "long_bio": "Long bio"}
        help_texts = {
            "slug": "Small letters, digits and hyphens. An address that readers know leads to the new one for ever.",
            "long_bio": "For your own page, as long as you like. Markdown: a blank line begins a paragraph.",
            "portrait_alt": "What is to be seen, for those who cannot see it. Needed with a portrait.",
        }
        error_messages = {"slug": {"unique": ADDRESS_IS_TAKEN}}
        widgets = {"long_bio": forms.Textarea(attrs={"rows": 8}), "mail": forms.RadioSelect}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        instance = self.instance
        self.had_portrait = bool(instance.portrait)
        self.fields["time_zone"] = forms.ChoiceField(
            choices=_zones(instance.time_zone), help_text="Every time on your pages is shown in it."
        )
        if instance.is_known_to_readers:
            del self.fields["name"]
        if not self.had_portrait:
            del self.fields["remove_portrait"]

    def clean_bio(self) -> str:
        bio = self.cleaned_data["bio"]
        if len(bio) > BIO:
            raise forms.ValidationError(f"Your bio has {len(bio)} characters. Shorten it to {BIO}.")
        return bio

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        is_new, is_kept = bool(data.get("portrait")), self.had_portrait and not data.get("remove_portrait")
        if is_new and not data.get("has_rights"):
            self.add_error("has_rights", "Say that you own the rights in this picture, or leave it out.")
        if (is_new or is_kept) and not data.get("portrait_alt", "").strip():
            self.add_error("portrait_alt", "Say what is to be seen in your portrait.")
        return data

    def changes(self) -> dict[str, Any]:
        """The author's columns as typed; the portrait is the view's."""
        return {name: self.cleaned_data[name] for name in self._meta.fields or () if name in self.cleaned_data}


class LinkForm(forms.ModelForm):
    """One place. Without a handle the row counts for nothing, so emptying it removes the place."""

    class Meta:
        model = SocialLink
        fields = ["site", "handle"]
        labels = {"handle": "Handle, or the address of your profile"}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["site"].required = self.fields["handle"].required = False

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("handle") and not data.get("site"):
            self.add_error("site", "Choose the site that this handle belongs to.")
        return data


class BaseLinks(BaseFormSet):
    """One row for each place, and the order in which they are printed."""

    def add_fields(self, form, index) -> None:
        super().add_fields(form, index)
        form.fields["ORDER"].label = "Place in the line"
        form.fields["DELETE"].label = "Remove it"

    def clean(self) -> None:
        sites: set[str] = set()
        for form in self._rows():
            if form.instance.site in sites:
                form.add_error("site", f"{form.instance.get_site_display()} is here twice. Keep one of the two.")
            sites.add(form.instance.site)

    def _rows(self) -> list[LinkForm]:
        """Those that are to be printed, in the order that was asked for; a new one without a number comes last."""
        typed = [(form, getattr(form, "cleaned_data", {})) for form in self.forms]
        kept = [(form, data) for form, data in typed if data.get("handle") and not data.get("DELETE")]
        last = len(self.forms) + 1
        return [form for form, _ in sorted(kept, key=lambda row: row[1].get("ORDER") or last)]

    def pairs(self) -> list[tuple[str, str]]:
        """Site and bare handle of each place, for `Author.follow_at`."""
        return [(form.instance.site, form.instance.handle) for form in self._rows()]


LinkForms: type[BaseLinks] = formset_factory(  # type: ignore[assignment]
    LinkForm, formset=BaseLinks, extra=2, max_num=len(Site), can_order=True, can_delete=True
)


def links_of(author: Author) -> list[dict[str, str]]:
    return [{"site": link.site, "handle": link.handle} for link in author.links.all()]
