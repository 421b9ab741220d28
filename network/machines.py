"""What the network lets machines do, as boxes in the form of its row."""

from django import forms

from network.crawlers import CRAWLERS
from network.models import Network

CHOICES = [(one.token, f"{one.token}: {one.operator}, for {one.purpose}") for one in CRAWLERS]


class MachinesForm(forms.ModelForm):
    crawlers_refused = forms.MultipleChoiceField(
        label="AI crawlers that are refused",
        choices=CHOICES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="robots.txt asks these to stay away. The rest may read what readers may.",
    )

    class Meta:
        model = Network
        fields = ["crawlers_refused"]
