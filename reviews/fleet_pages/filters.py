"""What the fleet may be narrowed by: nothing else reaches the database."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

import django_filters
from django import forms
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.filters import VehicleFilter
from exports.models import Line, Vehicle
from exports.rules import Terms
from reviews.models import Licence, LicenceLine

SOON: Final = timedelta(days=30)
CLOCKS: Final = (
    ("inside", _("inside the window today")),
    ("soon", _("free within 30 days")),
    ("free", _("past the window")),
)
USES: Final = (
    ("free", _("in no application")),
    ("draft", _("in a draft")),
    ("held", _("held by an application or licence")),
    ("licensed", _("on a valid licence")),
    ("exported", _("exported under a licence")),
)
# What may be missing, and how an empty one is kept.
MISSING: Final[Mapping[str, Q]] = {
    "registered_on": Q(registered_on__isnull=True),
    "transferred_on": Q(transferred_on__isnull=True),
    "produced_on": Q(produced_on__isnull=True),
    "certificate_number": Q(certificate_number=""),
    "odometer_km": Q(odometer_km__isnull=True),
    "owner_name": Q(owner_name=""),
    "owner_uscc": Q(owner_uscc=""),
}


class FleetFilter(VehicleFilter):
    """Narrow the fleet by the clock *today* under *terms*, by use, maker, month and what lacks.

    The clock counts from the registration alone: a transfer before the rule may spare a vehicle
    its letter sooner, which only the registry can say.
    """

    clock = django_filters.ChoiceFilter(
        method="by_clock", label=_("180-day clock"), choices=CLOCKS, empty_label=_("any")
    )
    use = django_filters.ChoiceFilter(
        method="by_use", label=_("Used in"), choices=USES, empty_label=_("any")
    )
    missing = django_filters.ChoiceFilter(
        method="by_missing",
        label=_("Missing"),
        choices=[(f.name, f.verbose_name) for f in Vehicle._meta.fields if f.name in MISSING],
        empty_label=_("any"),
    )
    maker = django_filters.CharFilter(
        field_name="maker_name",
        lookup_expr="icontains",
        label=_("Manufacturer"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    month = django_filters.CharFilter(
        method="by_month",
        label=_("Registered in"),
        max_length=7,
        widget=forms.TextInput(
            attrs={"class": "w-10", "autocomplete": "off", "placeholder": "2026-06"}
        ),
    )
    free_on = django_filters.DateFilter(method="by_free_day", widget=forms.HiddenInput)

    def __init__(self, *args: Any, today: date, terms: Terms | None, **kwargs: Any) -> None:
        """Keep the day and the law that the clock is read by."""
        super().__init__(*args, **kwargs)
        self.today = today
        self.span = terms.wait if terms else None

    def by_clock(self, rows: QuerySet[Vehicle], _name: str, band: str) -> QuerySet[Vehicle]:
        """Narrow *rows* to a band of the clock; without a policy in force nothing is in any."""
        if self.span is None:
            return rows.none()
        edge = self.today - self.span
        bands = {
            "inside": Q(registered_on__gt=edge),
            "soon": Q(registered_on__gt=edge, registered_on__lte=edge + SOON),
            "free": Q(registered_on__lte=edge),
        }
        return rows.filter(bands[band])

    def by_use(self, rows: QuerySet[Vehicle], _name: str, use: str) -> QuerySet[Vehicle]:
        """Narrow *rows* by what holds the vehicle."""
        lines = Line.objects.filter(vehicle=OuterRef("pk"), application__discarded_at__isnull=True)
        held = Exists(lines.filter(live=True))
        drafted = Exists(lines.filter(application__filed_on__isnull=True))
        listed = LicenceLine.objects.filter(
            vin=OuterRef("vin"), licence__exporter=OuterRef("exporter")
        )
        wanted = {
            "free": ~held & ~drafted,
            "draft": drafted,
            "held": held,
            "licensed": Exists(listed.filter(licence__state=Licence.State.LIVE)),
            "exported": Exists(listed.filter(exported=True)),
        }
        return rows.filter(wanted[use])

    def by_missing(self, rows: QuerySet[Vehicle], _name: str, fact: str) -> QuerySet[Vehicle]:
        """Narrow *rows* to those without a fact."""
        return rows.filter(MISSING[fact])

    def by_month(self, rows: QuerySet[Vehicle], _name: str, text: str) -> QuerySet[Vehicle]:
        """Narrow *rows* to a month of registration like 2026-06; anything else finds nothing."""
        try:
            first = date.fromisoformat(f"{text}-01")
        except ValueError:
            return rows.none()
        year, month = divmod(first.year * 12 + first.month, 12)
        following = Q() if year > date.max.year else Q(registered_on__lt=date(year, month + 1, 1))
        return rows.filter(following, registered_on__gte=first)

    def by_free_day(self, rows: QuerySet[Vehicle], _name: str, day: date) -> QuerySet[Vehicle]:
        """Narrow *rows* to the vehicles that become free of the letter on *day*."""
        if self.span is None or (day - date.min) < self.span:
            return rows.none()
        return rows.filter(registered_on=day - self.span)

    @property
    def asked(self) -> dict[str, str]:
        """Return what the address asks for, by field, without what is empty."""
        return {name: str(self.data[name])[:60] for name in self.filters if self.data.get(name, "")}
