"""What a bulk act needs beside the cases."""

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from exports.models import User
from exports.rules import legal_day
from exports.wording import say
from reviews import claims
from reviews.hand_forms import LONGEST
from reviews.models import Reason

LONGEST_NOTE = 500
MOST_PEOPLE = 200
# What is done to many is chosen, never left at what happens to come first.
UNCHOSEN = ("", _("choose …"))


class ArgumentsForm(forms.Form):
    """Nothing at all; what every bulk act's form is made of."""

    def __init__(self, data: Any = None, *, user: User) -> None:
        """Prepare the form for *user*."""
        super().__init__(data)
        self.user = user
        self.prepare()

    def prepare(self) -> None:
        """Fill in what depends on the person; plain acts have nothing."""

    def arguments(self) -> dict[str, Any]:
        """Return what was given, as the job keeps it."""
        return dict(self.cleaned_data)


class RemarkForm(ArgumentsForm):
    """A remark, if one likes."""

    note = forms.CharField(
        label=_("Note (internal)"),
        required=False,
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ReasonForm(ArgumentsForm):
    """Words why; they stand at each case."""

    note = forms.CharField(
        label=_("Why"), max_length=LONGEST_NOTE, widget=forms.Textarea(attrs={"rows": 2})
    )


class AssignForm(RemarkForm):
    """To whom."""

    to = forms.ChoiceField(label=_("To whom"))
    field_order = ["to", "note"]

    def prepare(self) -> None:
        """Offer the people of the office who decide cases."""
        field = self.fields["to"]
        assert isinstance(field, forms.ChoiceField)
        office = self.user.office
        people = claims.deciders_at(office)[:MOST_PEOPLE] if office else []
        field.choices = [UNCHOSEN, *((str(each.pk), each.name) for each in people)]

    def arguments(self) -> dict[str, Any]:
        """Return the person by their key."""
        return {"to": int(self.cleaned_data["to"]), "note": self.cleaned_data["note"]}


class PutOffForm(ReasonForm):
    """Until when, and why."""

    until = forms.DateField(
        label=_("Until the morning of"),
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    field_order = ["until", "note"]

    def prepare(self) -> None:
        """Propose tomorrow."""
        self.fields["until"].initial = legal_day(timezone.now()) + timedelta(days=1)

    def clean_until(self) -> date:
        """Return a day that lies ahead and not too far."""
        until: date = self.cleaned_data["until"]
        today = legal_day(timezone.now())
        if not today < until <= today + LONGEST:
            raise forms.ValidationError(
                _("Choose a day from tomorrow on, at most %(days)d days ahead."),
                params={"days": LONGEST.days},
            )
        return until

    def arguments(self) -> dict[str, Any]:
        """Return the day in ISO 8601."""
        return {"until": self.cleaned_data["until"].isoformat(), "note": self.cleaned_data["note"]}


class AskForm(RemarkForm):
    """One coded reason asked of every exporter."""

    reason = forms.ChoiceField(label=_("Reason"))
    document_kind = forms.ChoiceField(
        label=_("Paper it asks for"),
        required=False,
        choices=[("", _("none")), *Document.Kind.choices],
    )
    question = forms.CharField(
        label=_("Question"),
        required=False,
        max_length=LONGEST_NOTE,
        help_text=_("Each exporter reads this as you write it; left empty, the reason's words."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = ["reason", "document_kind", "question", "note"]

    def prepare(self) -> None:
        """Offer the reasons for a correction."""
        field = self.fields["reason"]
        assert isinstance(field, forms.ChoiceField)
        reasons = Reason.objects.filter(use=Reason.Use.CORRECTION, active=True)
        offered = ((each.code, f"{each.code} {say(each.text)}") for each in reasons)
        field.choices = [UNCHOSEN, *offered]
