"""Which drafts could be filed as they are, and what each lacks: a fixed number of queries."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q

from documents.models import ConfirmedVehicle
from exports.models import Application, Exporter, Line
from exports.showing import clock_of, terms_on
from reviews.at_once import MOST_AT_ONCE


@dataclass(frozen=True, slots=True)
class Ready:
    """A draft that may be filed; ``lacking`` are the VINs without a letter they need today."""

    draft: Application
    vins: list[str]
    lacking: list[str]
    busy: list[str]

    @property
    def complete(self) -> bool:
        """Tell whether nothing is known to be in its way."""
        return not self.lacking and not self.busy

    @property
    def value(self) -> str:
        """Return what its tick box sends: the draft at the version that is shown."""
        return f"{self.draft.reference}.{self.draft.version}"


def ready_to_file(exporter: Exporter, *, on: date) -> list[Ready]:
    """Return the newest drafts with all terms and one HS code, judged as if filed on *on*.

    The filing itself and the checks after it decide; this only spares opening each draft.
    """
    drafts = list(
        Application.objects.drafts()
        .filter(exporter=exporter, destination__isnull=False, port__isnull=False)
        .exclude(contract_number="")
        .annotate(goods=Count("lines__vehicle__hs_code", distinct=True))
        .filter(goods=1)
        .select_related("destination")
        .order_by("-pk")[:MOST_AT_ONCE]
    )
    lines = Line.objects.filter(application__in=drafts).select_related("vehicle")
    by_draft: dict[int, list[Line]] = defaultdict(list)
    for line in lines.order_by("position"):
        by_draft[line.application_id].append(line)
    needy = needing_letters([line for batch in by_draft.values() for line in batch], on=on)
    lacking = needy - confirmed(exporter, needy)
    busy = taken({line.vin for batch in by_draft.values() for line in batch})
    return [
        Ready(
            draft,
            vins=[line.vin for line in by_draft[draft.pk]],
            lacking=[line.vin for line in by_draft[draft.pk] if line.vin in lacking],
            busy=[line.vin for line in by_draft[draft.pk] if line.vin in busy],
        )
        for draft in drafts
    ]


def needing_letters(lines: list[Line], *, on: date) -> set[str]:
    """Return the VINs that need a letter on *on*, or of which nobody can tell: one query."""
    terms = terms_on(on)
    clocks = ((line, clock_of(line.vehicle, on=on, terms=terms)) for line in lines)
    return {line.vin for line, clock in clocks if not clock.verdict.spares_letter}


def confirmed(exporter: Exporter, vins: set[str]) -> set[str]:
    """Return which of *vins* stand on a letter of *exporter* in force: one query."""
    rows = ConfirmedVehicle.objects.filter(
        vin__in=vins, confirmation__exporter=exporter, confirmation__revoked_at__isnull=True
    )
    return set(rows.values_list("vin", flat=True))


def taken(vins: set[str]) -> set[str]:
    """Return which of *vins* a live application holds: one query."""
    return set(Line.objects.filter(Q(live=True), vin__in=vins).values_list("vin", flat=True))
