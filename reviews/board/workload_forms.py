"""What is filled in to share out work and to note who is away."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.workload import MOST_AT_ONCE


def among(people: Sequence[User]) -> QuerySet[User]:
    """Return *people* as a field's choices."""
    return User.objects.filter(pk__in=[person.pk for person in people]).order_by("name")


class DayInput(forms.DateInput):
    """The browser's own field for a day."""

    input_type = "date"


class ShareForm(forms.Form):
    """Give the cases due first, from one desk or from the pool, to one person."""

    number = forms.IntegerField(
        label=_("How many, those due first"), min_value=1, max_value=MOST_AT_ONCE, initial=5
    )
    source = forms.ModelChoiceField(
        label=_("From"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody's hands"),
    )
    to = forms.ModelChoiceField(label=_("To"), queryset=User.objects.none())

    def __init__(self, *args: Any, team: Sequence[User], present: Sequence[User], **more: Any):
        """Take from anybody of the *team*; give only to who is *present*."""
        super().__init__(*args, **more)
        self.fields["source"].queryset = among(team)  # type: ignore[attr-defined]  # a field of rows
        self.fields["to"].queryset = among(present)  # type: ignore[attr-defined]  # a field of rows


class AbsenceForm(forms.Form):
    """Note who is away, from when to when, and who stands in."""

    person = forms.ModelChoiceField(label=_("Person"), queryset=User.objects.none())
    since = forms.DateField(label=_("First day away"), widget=DayInput)
    until = forms.DateField(label=_("Last day away"), widget=DayInput)
    stand_in = forms.ModelChoiceField(
        label=_("Stand-in"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("nobody: back to the pool"),
    )
    why = forms.CharField(label=_("Why (internal)"), required=False, max_length=200)

    def __init__(self, *args: Any, people: Sequence[User], team: Sequence[User], **more: Any):
        """Offer whose absence may be noted, and who could stand in."""
        super().__init__(*args, **more)
        self.fields["person"].queryset = among(people)  # type: ignore[attr-defined]  # a field of rows
        self.fields["stand_in"].queryset = among(team)  # type: ignore[attr-defined]  # a field of rows
