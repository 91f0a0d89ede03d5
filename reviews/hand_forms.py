"""What is filled in to put a case off or into other hands."""

from datetime import date, datetime, timedelta

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews import claims
from reviews.clocks import OFFICE_HOURS
from reviews.desk_forms import ActForm, WhyForm

LONGEST = timedelta(days=60)


class PutOffForm(WhyForm):
    """Lay a case aside until the morning of a day."""

    until = forms.DateField(
        label=_("Until the morning of"), widget=forms.DateInput(attrs={"type": "date"})
    )
    field_order = ("until", "note")

    def prepare(self) -> None:
        """Propose tomorrow, and let the writing start at the words why."""
        self.fields["until"].initial = timezone.localdate() + timedelta(days=1)
        self.fields["note"].widget.attrs["data-start"] = ""

    def clean_until(self) -> datetime:
        """Return when the office opens on that day, which lies ahead and not too far."""
        day: date = self.cleaned_data["until"]
        today = timezone.localdate()
        if not today < day <= today + LONGEST:
            raise forms.ValidationError(
                _("Choose a day from tomorrow on, at most %(days)d days ahead."),
                params={"days": LONGEST.days},
            )
        return OFFICE_HOURS.opening(day)


class AssignForm(ActForm):
    """Put a case into a colleague's hands."""

    to = forms.ModelChoiceField(label=_("To"), queryset=User.objects.none())
    note = forms.CharField(
        label=_("Note (internal)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        """Offer who decides cases at the case's office."""
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = claims.deciders_at(self.file.case.office)
