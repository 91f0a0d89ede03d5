"""The form of the queue's filters: nine, each by the value the address would carry."""

from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from exports.models import Office, User
from exports.rules import Sentence
from reviews import checks
from reviews.desk_filters import TERMS, worded
from reviews.models.cases import SEES_ALL
from reviews.queue_address import Address

Choices = list[tuple[str, str | Promise]]
ANY: Final = ("", _("any"))
MOST_OPTIONS: Final = 200
DUE: Final[Choices] = [
    ANY,
    ("late", _("late")),
    ("today", _("today")),
    ("tomorrow", _("tomorrow")),
]
RISKS: Final[Choices] = [
    ANY,
    (">=80", _("80 and more")),
    (">=60", _("60 and more")),
    (">=40", _("40 and more")),
    ("<40", _("under 40")),
]
DAYS: Final[Choices] = [
    ANY,
    ("<=30", _("up to 30")),
    ("31-90", "31–90"),
    ("91-180", "91–180"),
    (">180", _("over 180")),
]
HOLDERS: Final[Choices] = [
    ANY,
    ("me", _("in my hands")),
    ("nobody", _("in nobody's hands")),
    ("others", _("others'")),
]
SUMS: Final[Choices] = [
    ANY,
    ("failed", _("with a failed check")),
    ("attention", _("with something to look at")),
    ("clean", _("all checks agree")),
]
COUNTRIES: Final = "countries"


class FilterForm(forms.Form):
    """What the queue can be narrowed by; a value of the address is always among its choices."""

    due = forms.ChoiceField(choices=DUE)
    risk = forms.ChoiceField(choices=RISKS)
    check = forms.ChoiceField()
    maker = forms.CharField(max_length=120)
    dest = forms.CharField(max_length=60, widget=forms.TextInput(attrs={"list": COUNTRIES}))
    exporter = forms.CharField(max_length=120)
    office = forms.CharField(max_length=60)
    days = forms.ChoiceField(choices=DAYS)
    who = forms.ChoiceField(choices=HOLDERS)

    def __init__(self, address: Address, *, user: User) -> None:
        """Show what *address* is narrowed by, for *user* to change."""
        super().__init__(initial=dict(address.terms))
        named: dict[str, Any] = dict(self.fields)
        named["check"].choices = [*SUMS, *check_titles()]
        self.place_office(offices_of(user))
        for name, field in self.fields.items():
            field.label, field.required = str(TERMS[name].label), False
            given = self.initial.get(name)
            if given and isinstance(field, forms.ChoiceField):
                offered = list(named[name].choices)
                if given not in dict(offered):
                    named[name].choices = [*offered, (given, worded(name, given))]

    def place_office(self, offices: list[Office] | None) -> None:
        """Offer the person's *offices*; leave the field out where there is one, open where many."""
        if offices is None:
            return
        if len(offices) < 2:
            del self.fields["office"]
            return
        named: Choices = [(office.code, office.name) for office in offices]
        self.fields["office"] = forms.ChoiceField(choices=[ANY, *named])


def check_titles() -> list[tuple[str, str]]:
    """Return every check with its title in the active language."""
    return [(name, f"{name} {in_words(check.title)}") for name, check in checks.CHECKS.items()]


def in_words(sentence: Sentence) -> str:
    """Return *sentence* in the active language."""
    return sentence.in_language(get_language() or "zh")


def offices_of(user: User) -> list[Office] | None:
    """Return the offices whose cases *user* sees; ``None`` for more than a list holds."""
    office = user.office
    if office is None:
        return []
    everywhere = office.level == Office.Level.NATIONAL or user.role in SEES_ALL
    offices = Office.objects.order_by("code")
    seen = offices if everywhere else offices.filter(pk__in=office.jurisdiction)
    found = list(seen[: MOST_OPTIONS + 1])
    return found if len(found) <= MOST_OPTIONS else None
