"""How somebody wants to be told, as a form."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from exports.models import NoticePreference


def clock(example: str) -> forms.TimeInput:
    """Return a field for a time of day."""
    return forms.TimeInput(format="%H:%M", attrs={"class": "w-10", "placeholder": example})


class PreferenceForm(forms.ModelForm):
    """What is mailed at once, what once a day, what not at all, and when mail is silent."""

    class Meta:
        model = NoticePreference
        fields = ["decisions", "progress", "quiet_from", "quiet_until"]
        labels = {
            "decisions": _("Licences issued, questions answered"),
            "progress": _("Everything else that is not urgent"),
        }
        widgets = {
            "decisions": forms.RadioSelect,
            "progress": forms.RadioSelect,
            "quiet_from": forms.TimeInput(
                format="%H:%M", attrs={"class": "w-10", "placeholder": "21:00"}
            ),
            "quiet_until": forms.TimeInput(
                format="%H:%M", attrs={"class": "w-10", "placeholder": "08:00"}
            ),
        }
        help_texts = {
            "quiet_from": _("Beijing time, like 21:00. Leave both empty for no quiet hours."),
        }

    def clean(self) -> dict[str, Any]:
        """Take both ends of the quiet hours, or neither."""
        given = super().clean() or self.cleaned_data
        if (given.get("quiet_from") is None) != (given.get("quiet_until") is None):
            raise ValidationError(
                _("Give both ends of the quiet hours, or leave both empty."), "one_end"
            )
        return dict(given)
