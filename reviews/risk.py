"""How much there is to doubt about a case, from 0 to 100: an order to work in, no judgement.

The score decides nothing. It puts the doubtful before the plain among what is due together, and
its strongest part is shown beside it.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import Exporter
from reviews.models import Case
from reviews.states import Status

MOST: Final = 100
JUST_REGISTERED: Final = 14
REASONS: Final[dict[str, Promise]] = {
    "failed": _("a check failed"),
    "standing": _("the exporter's standing"),
    "attention": _("points to look at"),
    "fresh": _("registered days before the filing"),
    "new_route": _("the exporter's first licence to this country"),
}


@dataclass(frozen=True)
class Risk:
    """The score and the name of its strongest part, empty where there is none."""

    score: int
    reason: str


def of_case(case: Case, *, failed: int, attention: int, youngest: int | None) -> Risk:
    """Return the risk of *case* from what its checks came to: one query."""
    exporter = case.application.exporter
    doubtful = exporter.standing != Exporter.Standing.NORMAL or exporter.abnormal_operation
    parts = {
        "failed": min(40 + 10 * (failed - 1), 70) if failed else 0,
        "standing": 25 if doubtful else 0,
        "attention": min(4 * attention, 20),
        "fresh": 10 if youngest is not None and youngest < JUST_REGISTERED else 0,
        "new_route": 0 if went_there_before(case) else 8,
    }
    strongest = max(parts, key=parts.__getitem__)
    return Risk(min(sum(parts.values()), MOST), strongest if parts[strongest] else "")


def went_there_before(case: Case) -> bool:
    """Tell whether the exporter was licensed to export to the same country before."""
    issued = Case.objects.filter(exporter=case.exporter_id, status=Status.ISSUED)
    return issued.filter(destination_code=case.destination_code).exists()
