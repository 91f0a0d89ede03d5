"""What is asked before many vehicles are changed or drafted together."""

from collections.abc import Iterable
from typing import Any, Final

from django import forms
from django.forms.models import fields_for_model
from django.utils.translation import gettext_lazy as _

from exports.fleet_many import SHARED
from exports.forms import PLAIN, HsCodeField, PaperDateField, UsccField, choices_of
from exports.models import Destination, Port, Vehicle

WORDS: Final = {
    "kind": Vehicle.Kind,
    "fuel": Vehicle.Fuel,
    "origin": Vehicle.Origin,
    "use": Vehicle.Use,
}
OF_THEIR_OWN: Final = ("hs_code", "owner_uscc", "transferred_on")


class SharedForm(forms.Form):
    """The facts to set in every chosen vehicle; what is left empty stays as it is in each."""

    hs_code = HsCodeField(label=_("HS code"), required=False)
    owner_uscc = UsccField(label=_("Owner's code"), required=False)
    transferred_on = PaperDateField(label=_("Transferred, pending export, on"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the other fields from the vehicle, each of them optional and empty at first."""
        super().__init__(*args, **kwargs)
        plain = [name for name in SHARED if name not in OF_THEIR_OWN]
        for name, field in fields_for_model(Vehicle, fields=plain).items():
            field.required = False
            self.fields[name] = field
        for name, words in WORDS.items():
            choices = [("", _("leave as it is")), *words.choices]
            label = self.fields[name].label
            self.fields[name] = forms.ChoiceField(label=label, choices=choices, required=False)
        self.fields["maker_name"].widget.attrs |= {"list": "makers", "autocomplete": "off"}
        self.order_fields(SHARED)

    def clean(self) -> dict[str, Any]:
        """Ask for at least one fact."""
        facts = super().clean() or {}
        if not self.errors and not self.facts:
            raise forms.ValidationError(_("Fill in at least one field."))
        return facts

    @property
    def facts(self) -> dict[str, Any]:
        """Return the facts that were filled in, by field."""
        return {name: self.cleaned_data[name] for name in SHARED if self.cleaned_data.get(name)}


class NewDraftsForm(forms.Form):
    """The terms that the new drafts share; what the cars have in common stands on them."""

    destination = forms.ModelChoiceField(label=_("Destination"), queryset=Destination.objects.all())
    port = forms.ModelChoiceField(
        label=_("Port of exit"), queryset=Port.objects.all(), required=False
    )
    contract_number = forms.CharField(
        label=_("Contract number"), max_length=40, required=False, widget=forms.TextInput(PLAIN)
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Offer countries and ports in the reader's order: two queries."""
        super().__init__(*args, **kwargs)
        self.offer("destination", Destination.objects.all())
        self.offer("port", Port.objects.all())

    def offer(self, name: str, places: Iterable[Any]) -> None:
        """Let field *name* show *places*; its query still decides what is valid."""
        field = self.fields[name]
        assert isinstance(field, forms.ModelChoiceField)
        field.choices = choices_of(list(places))

    @property
    def terms(self) -> dict[str, Any]:
        """Return the terms as :mod:`exports.drafting` takes them."""
        return self.cleaned_data | {"contract_destination": self.cleaned_data["destination"]}
