"""Forms about licences after their issue."""

import re
import unicodedata
from datetime import date
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exports.forms import PaperDateField
from reviews.models import Licence, Replacement

DECLARATION: Final = re.compile(r"[0-9A-Z]{9,18}", re.ASCII)
AREA: Final = forms.Textarea(attrs={"rows": 4})


class UseForm(forms.Form):
    """The declaration, its day, and the vehicles that left under it."""

    declaration = forms.CharField(
        label=_("Customs declaration number"),
        max_length=40,
        help_text=_("As on the export declaration, usually 18 digits."),
        widget=forms.TextInput(attrs={"class": "is-vin", "autocomplete": "off"}),
    )
    used_on = PaperDateField(label=_("Day of the declaration"))
    exported = forms.MultipleChoiceField(
        label=_("Vehicles that left"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_(
            "Leave out what stayed behind. A licence serves one declaration: what is left out "
            "needs another application."
        ),
    )

    def __init__(self, *args: Any, licence: Licence, today: date, **kwargs: Any) -> None:
        """Offer the vehicles of *licence*, all ticked."""
        vins = list(licence.lines.values_list("vin", flat=True))
        super().__init__(*args, **kwargs)
        self.fields["exported"].choices = [(vin, vin) for vin in vins]  # type: ignore[attr-defined]  # a choice field
        self.fields["exported"].initial = vins
        self.fields["used_on"].initial = today

    def clean_declaration(self) -> str:
        """Fold width, case and spaces; 9 to 18 letters and digits remain."""
        text = unicodedata.normalize("NFKC", str(self.cleaned_data["declaration"]))
        number = "".join(text.split()).upper()
        if not DECLARATION.fullmatch(number):
            raise ValidationError(
                _("A declaration number has 9 to 18 digits or capital letters."), "declaration"
            )
        return number


class ReplaceForm(forms.Form):
    """Why another licence is needed."""

    reason = forms.ChoiceField(
        label=_("What changed?"), choices=Replacement.Reason.choices, widget=forms.RadioSelect
    )
    text = forms.CharField(
        label=_("Explain it to the office"),
        max_length=2000,
        widget=AREA,
        help_text=_("What is different now, and since when? The office answers here."),
    )


class AnswerForm(forms.Form):
    """The office's answer to a request to replace a licence."""

    note = forms.CharField(
        label=_("Reason, as the exporter will read it"), max_length=2000, widget=AREA
    )
