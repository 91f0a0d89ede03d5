"""What is filled in to take a vehicle out of a batch."""

from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.desk_forms import ActForm, proposals, spelled
from reviews.models import Reason


class TakeOutForm(ActForm):
    """Take the vehicle the page is open at out of its batch, for one coded reason."""

    vin = forms.CharField(widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("Why this vehicle goes on by itself"),
        help_text=_(
            "It gets an application and a case of its own, with the same filing day, terms and"
            " papers. It cannot be put back."
        ),
    )
    note = forms.CharField(
        label=_("Note (internal)"), required=False, widget=forms.Textarea(attrs={"rows": 2})
    )

    def prepare(self) -> None:
        """Offer the reasons for a correction, one behind its failed check first."""
        vin = self.initial["vin"] = self.file.line.vin
        self.offered = {r.code: r for r in self.file.reasons if r.use == Reason.Use.CORRECTION}
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(code, spelled(reason)) for code, reason in self.offered.items()]
        field.initial = next(
            (
                each.question.reason.code
                for each in proposals(self.file, list(self.offered.values()))
                if each.preset and each.key.endswith(f":{vin}")
            ),
            None,
        )

    def clean_reason(self) -> Reason:
        """Return the reason itself."""
        return self.offered[self.cleaned_data["reason"]]
