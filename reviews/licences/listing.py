"""The exporter's licences: searched, narrowed, and how many days each has left."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.identifiers import canonical_vin
from reviews.models import Licence

SOON: Final = timedelta(days=30)
SHORTEST_VIN_PART: Final = 4
TABS: Final[Mapping[str, Promise]] = {
    "": _("All"),
    "live": _("Valid"),
    "ending": _("Ending within 30 days"),
    "used": _("Used"),
    "over": _("Run out or revoked"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A licence as a list shows it: how it stands and the days it has left."""

    licence: Licence
    standing: str
    left: int

    @property
    def ends_soon(self) -> bool:
        """Tell whether it is valid and has 30 days or fewer."""
        return self.standing == Licence.State.LIVE and self.left <= SOON.days


class LicenceFilter(django_filters.FilterSet):
    """Find licences by number, application, VIN or its last six, or month of issue."""

    q = django_filters.CharFilter(
        method="search",
        label=_("Licence number, application or VIN"),
        max_length=60,
        widget=forms.TextInput(attrs={"type": "search", "autocomplete": "off"}),
    )

    class Meta:
        model = Licence
        fields: list[str] = []

    def search(self, rows: QuerySet[Licence], _name: str, text: str) -> QuerySet[Licence]:
        """Narrow *rows* to what *text* may mean."""
        word = canonical_vin(text)
        named = Q(number=word) | Q(case__reference=word)
        if len(word) >= SHORTEST_VIN_PART:
            named |= Q(lines__vin=word) | Q(lines__vin__endswith=word)
        return rows.filter(named).distinct()


def within(rows: QuerySet[Licence], tab: str, *, on: date) -> QuerySet[Licence]:
    """Narrow *rows* to a tab as of the day *on*; an unknown tab narrows nothing."""
    live = Q(state=Licence.State.LIVE, valid_until__gte=on)
    narrowed = {
        "live": live,
        "ending": live & Q(valid_until__lte=on + SOON),
        "used": Q(state__in=[Licence.State.USED, Licence.State.PARTLY]),
        "over": Q(state__in=[Licence.State.REVOKED, Licence.State.EXPIRED])
        | Q(state=Licence.State.LIVE, valid_until__lt=on),
    }
    return rows.filter(narrowed.get(tab, Q()))


def row_of(licence: Licence, *, on: date) -> Row:
    """Return *licence* as it stands on the day *on*."""
    return Row(licence, licence.standing_on(on), (licence.valid_until - on).days)
