"""People and outlets of a manufacturer's desk."""

from datetime import date

from documents.desk import attesting, outlets
from documents.models import Confirmation, ListedOutlet
from exports.models import Manufacturer, Role, User
from tests.factories import NOON, TODAY, make_destination, make_manufacturer, make_person


def officer(maker: Manufacturer | None = None) -> User:
    return make_person(Role.OFFICER, maker or make_manufacturer(), name="Zhao")


def make_outlet(by: User, *, country: str = "KZ", name: str = "Astana Motors") -> ListedOutlet:
    return outlets.list_outlet(
        by.manufacturer,
        country=make_destination(country),
        name=name,
        address="Almaty, Kuldja 2",
        provider="Astana Motors",
        phone="+7 727 000",
        checked_on=TODAY,
        evidence="contract 2025-17",
        content=None,
        by=by,
        at=NOON,
    )


def attest_for(vehicles, *, by: User, country: str = "KZ", at=NOON, **facts) -> Confirmation:
    """Attest what the checks need, with an outlet of the directory."""
    found = ListedOutlet.objects.filter(manufacturer=by.manufacturer, country=country).first()
    values = {
        "exporter": vehicles[0].exporter,
        "destinations": [make_destination(country)],
        "vins": [vehicle.vin for vehicle in vehicles],
        "outlets": [found or make_outlet(by, country=country)],
        "valid_until": date(2026, 12, 31),
    } | facts
    return attesting.attest(by.manufacturer, by=by, at=at, **values)


def amend(confirmation: Confirmation, *, by: User, at=NOON, **facts) -> Confirmation:
    values = {
        "version": confirmation.version,
        "destinations": list(confirmation.destinations.all()),
        "vins": list(confirmation.vehicles.values_list("vin", flat=True)),
        "outlets": list(ListedOutlet.objects.filter(manufacturer=by.manufacturer)),
        "valid_until": confirmation.valid_until,
        "note": "更正",
    } | facts
    return attesting.amend_attested(confirmation, by=by, at=at, **values)
