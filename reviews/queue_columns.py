"""The columns of the queue: which there are, and which one person sees."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews import preferences


@dataclass(frozen=True)
class Column:
    """One column; ``sort`` is the order its head offers, ``numeric`` sets it right.

    ``short`` is what stands in a head too narrow for the label.
    """

    label: Promise
    sort: str = ""
    numeric: bool = False
    short: Promise | str = ""


COLUMNS: Final[Mapping[str, Column]] = {
    "due": Column(_("Due"), sort="due"),
    "risk": Column(_("Risk"), sort="risk"),
    "reference": Column(_("Reference")),
    "vin": Column(_("VIN")),
    "exporter": Column(_("Exporter")),
    "maker": Column(_("Manufacturer")),
    "destination": Column(_("Destination")),
    "vehicles": Column(_("Vehicles"), numeric=True),
    "days": Column(_("Days since registration"), numeric=True, short=_("Days")),
    "checks": Column(_("Checks")),
    "status": Column(_("Status")),
    "who": Column(_("Who")),
}
# What stands in place of a column once a case is closed; nothing stands in place of its risk.
OF_CLOSED: Final[Mapping[str, Column]] = {
    "closed": Column(_("Decided")),
    "by": Column(_("Decided by")),
}
IN_PLACE_OF: Final = {"due": "closed", "who": "by", "risk": ""}
ALWAYS: Final = "reference"
SHIPPED: Final = tuple(name for name in COLUMNS if name != "vehicles")


def chosen(names: Iterable[object]) -> tuple[str, ...]:
    """Return the columns among *names* in their order; without any, those that ship."""
    wanted = {name for name in names if name in COLUMNS}
    if not wanted:
        return SHIPPED
    return tuple(name for name in COLUMNS if name in wanted or name == ALWAYS)


def columns_of(user: User, *, asked: str = "") -> tuple[str, ...]:
    """Return what *user* sees: what the address asks for, or what they chose."""
    return chosen(asked.split(",") if asked else preferences.preferences_of(user).columns)


def of_closed(columns: Iterable[str]) -> tuple[str, ...]:
    """Return *columns* for a list of closed cases: decided when and by whom, not due when."""
    given = [IN_PLACE_OF.get(name, name) for name in columns]
    return tuple(name for name in given if name)


def choose(user: User, names: Iterable[str]) -> tuple[str, ...]:
    """Keep the columns *user* wants to see."""
    kept = chosen(names)
    preferences.keep(user, columns=list(kept))
    return kept
