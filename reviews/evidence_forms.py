"""What a person fills in to write a note, and what an open page tells of itself."""

from typing import Any, Final

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.models import Note
from reviews.models.notes import LONGEST_NOTE
from reviews.notes import on
from reviews.reach import Subject, colleagues

MOST_COLLEAGUES: Final = 50
HIGHEST: Final = 2**63 - 1


class NoteForm(forms.Form):
    """A note, whom to tell, and the older note it corrects if it does."""

    text = forms.CharField(
        label=_("Note"),
        max_length=LONGEST_NOTE,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only offices read it. Write @ and a colleague's name to tell them."),
    )
    tell = forms.ModelMultipleChoiceField(
        label=_("Tell"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    find = forms.CharField(label=_("Find a colleague by name"), required=False, max_length=40)
    corrects = forms.IntegerField(
        required=False, min_value=1, max_value=HIGHEST, widget=forms.HiddenInput
    )

    def __init__(self, data: Any = None, *, subject: Subject, **kwargs: Any) -> None:
        """Prepare an empty form or one that was sent, for a note on *subject*."""
        super().__init__(data, auto_id="note_%s", **kwargs)
        self.subject = subject
        tell = self.fields["tell"]
        assert isinstance(tell, forms.ModelMultipleChoiceField)
        tell.queryset = colleagues(subject)
        tell.widget.choices = []

    @property
    def ticked(self) -> list[int]:
        """Return the ids of those ticked in a form that was sent, as far as they were valid."""
        told = self.cleaned_data.get("tell", []) if self.is_bound else []
        return [person.pk for person in told]

    @property
    def is_offering(self) -> bool:
        """Tell whether colleagues are listed to pick from."""
        return bool(self.fields["tell"].widget.choices)

    def offer(self, user: User, *, find: str = "", ticked: list[int] | None = None) -> None:
        """List the colleagues to pick from: those named *find*, else those of *user*'s office.

        At most fifty, and those who are *ticked* already, so that no tick is lost by searching.
        """
        people = colleagues(self.subject).exclude(pk=user.pk).select_related("membership__office")
        kept = list(people.filter(pk__in=ticked or []))
        found = [each for each in self.found(people, user, find) if each not in kept]
        self.fields["tell"].widget.choices = [
            (person.pk, f"{person.name} · {person.membership.office}") for person in kept + found
        ]

    def found(self, people: QuerySet[User], user: User, find: str) -> list[User]:
        """Return the people a search finds, or without one those of the same office."""
        named = Q(name__icontains=find) | Q(email__istartswith=find)
        which = named if find else Q(membership__office=user.office)
        return list(people.filter(which)[:MOST_COLLEAGUES])

    def clean_corrects(self) -> Note | None:
        """Return the note this one corrects; it must be about the same subject."""
        pk = self.cleaned_data["corrects"]
        if pk is None:
            return None
        note = Note.objects.filter(pk=pk, **on(self.subject)).with_words().first()
        if note is None:
            raise forms.ValidationError(_("The note to correct is not here."))
        return note


class BeatForm(forms.Form):
    """What an open page tells of itself every quarter of a minute."""

    seen = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)
    run = forms.IntegerField(min_value=0, max_value=HIGHEST, required=False)
    first = forms.BooleanField(required=False)
    active = forms.BooleanField(required=False)
    held = forms.BooleanField(required=False)
    writing = forms.BooleanField(required=False)
