"""What must be said about each picture."""

from django import forms
from django.forms import modelformset_factory

from articles.models import Picture
from editorial import guards
from editorial.writing import FOCUS, PICTURE

LICENCES = "licences"  # the list of suggestions in templates/contribute/_pictures.html


class Percent(forms.IntegerField):
    """Where a cut's middle is. Left empty it stays where it was."""

    def __init__(self, **words):
        super().__init__(min_value=0, max_value=100, required=False, **words)

    def has_changed(self, initial, data) -> bool:
        return data not in (None, "") and super().has_changed(initial, data)


class PictureForm(forms.ModelForm):
    focus_x = Percent(
        label="Keep in view: percent from the left",
        help_text="Cards and other sites cut a picture to their shape. 50 and 50 is its middle.",
    )
    focus_y = Percent(label="Keep in view: percent from the top")

    class Meta:
        model = Picture
        fields = (*PICTURE, *FOCUS)
        widgets = {"licence": forms.TextInput(attrs={"list": LICENCES})}
        labels = {"made": "Origin: how it was made"}
        help_texts = {
            "caption": "Under the picture, for everybody.",
            "credit": "Who made it, as it is printed.",
            "made": "Readers are told where it was generated.",
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["made"].choices = [("", "Choose how it was made"), *self.fields["made"].choices[1:]]  # type: ignore[attr-defined]

    def clean_focus_x(self) -> int:
        return self._or_as_it_was("focus_x")

    def clean_focus_y(self) -> int:
        return self._or_as_it_was("focus_y")

    def _or_as_it_was(self, name: str) -> int:
        given = self.cleaned_data[name]
        return self.initial[name] if given is None else given

    @property
    def lacks(self) -> list[str]:
        """What the picture lacked when it was last saved."""
        return guards.picture_lacks(self.instance.frozen(lead=False))


PictureWords: type[forms.BaseModelFormSet] = modelformset_factory(Picture, form=PictureForm, extra=0, can_delete=False)
