"""What will probably not fit about a letter, said while it is entered. The checks decide."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from documents.models import Confirmation
from exports.identifiers import check_vin
from exports.models import Destination, Exporter, Manufacturer, ManufacturerName, Vehicle
from exports.wording import say

MOST_NAMED = 5


@dataclass(frozen=True)
class Entered:
    """What somebody read from a letter, saved or only proposed; countries by ISO code."""

    issuer_name: str
    vins: tuple[str, ...]
    destinations: frozenset[str]
    outlet_countries: frozenset[str]
    issued_on: date | None
    valid_until: date | None


def entered_of(confirmation: Confirmation) -> Entered:
    """Return the facts of a saved *confirmation*: three queries, none if prefetched."""
    return Entered(
        issuer_name=confirmation.issuer_name,
        vins=tuple(vehicle.vin for vehicle in confirmation.vehicles.all()),
        destinations=frozenset(country.pk for country in confirmation.destinations.all()),
        outlet_countries=frozenset(o.country_id for o in confirmation.outlets.all()),
        issued_on=confirmation.issued_on,
        valid_until=confirmation.valid_until,
    )


def doubts(
    entered: Entered, *, exporter: Exporter, on: date, printed_vins: Collection[str] = ()
) -> list[str]:
    """Say what looks wrong about *entered* on the day *on*; three queries.

    *printed_vins* are those the text layer shows, empty if there is none.
    """
    return [
        *about_issuer(entered.issuer_name, on=entered.issued_on or on),
        *about_term(entered.valid_until, on=on),
        *about_countries(entered),
        *about_vins(entered.vins, printed=printed_vins),
        *about_fleet(entered.vins, exporter=exporter),
    ]


def about_issuer(name: str, *, on: date) -> Iterator[str]:
    """Doubt an issuer who on the letter's day was not announced, or not as a maker."""
    if not name:
        return
    row = ManufacturerName.objects.select_related("manufacturer").of_unit_named(name, on=on)
    if row is None:
        yield _(
            "“%(name)s” does not stand in the announcement under exactly this name. Compare it,"
            " character by character, with the name under the seal."
        ) % {"name": name}
        return
    unit = row.manufacturer
    if unit.kind != Manufacturer.Kind.MAKER:
        yield _("“%(name)s” is a %(kind)s. Only the manufacturer itself may confirm.") % {
            "name": name,
            "kind": unit.get_kind_display(),
        }
    elif not row.stood_on(on):
        yield _(
            "The announcement did not carry “%(name)s” on %(day)s; it carried the unit under"
            " another name or not at all."
        ) % {"name": name, "day": on.isoformat()}


def about_term(valid_until: date | None, *, on: date) -> Iterator[str]:
    """Doubt a letter that has run out."""
    if valid_until and valid_until < on:
        yield _("The letter ran out on %(day)s.") % {"day": valid_until.isoformat()}


def about_countries(entered: Entered) -> Iterator[str]:
    """Doubt a letter without destination, or without an outlet where the vehicles go."""
    if not entered.destinations:
        yield _("No destination is entered; a letter must name the country.")
    bare = entered.destinations - entered.outlet_countries
    if bare:
        countries = Destination.objects.filter(pk__in=bare)
        yield _("No service outlet is entered in: %(countries)s.") % {
            "countries": ", ".join(sorted(str(country) for country in countries))
        }


def about_vins(vins: Iterable[str], *, printed: Collection[str]) -> Iterator[str]:
    """Doubt VINs that cannot be, and differences between what is entered and what is printed."""
    listed = list(vins)
    wrong = [check for check in map(check_vin, listed) if check.problem]
    for check in wrong[:MOST_NAMED]:
        if check.problem:
            yield f"{check.vin}: {say(check.problem.sentence)}"
    if not printed:
        return
    unseen = [vin for vin in listed if vin not in printed]
    if unseen:
        yield _("Not found in the text of the letter: %(vins)s.") % {"vins": named(unseen)}
    left_out = [vin for vin in printed if vin not in listed]
    if left_out:
        yield _("In the text of the letter but not entered: %(vins)s.") % {"vins": named(left_out)}


def about_fleet(vins: Collection[str], *, exporter: Exporter) -> Iterator[str]:
    """Say which VINs are of no vehicle the exporter has."""
    own = set(Vehicle.objects.filter(exporter=exporter, vin__in=vins).values_list("vin", flat=True))
    strange = [vin for vin in vins if vin not in own]
    if strange:
        yield _("Not among your vehicles yet: %(vins)s.") % {"vins": named(strange)}


def named(vins: list[str]) -> str:
    """Return the first few of *vins* in words, and how many more there are."""
    shown = ", ".join(vins[:MOST_NAMED])
    more = len(vins) - MOST_NAMED
    return _("%(shown)s and %(more)d more") % {"shown": shown, "more": more} if more > 0 else shown
