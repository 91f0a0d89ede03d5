"""Papers of the demonstration: drawn as PDF, taken in, opened and entered as people would."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from documents import confirming, filing, pipeline, trust
from documents.models import Confirmation, Document, TrustedCertificate
from exports.models import Application, Destination, ManufacturerName, Role, User, Vehicle
from exports.rules import en_day, legal_day
from reviews.demo.cast import DEALER, SALES_COMPANY, Company
from reviews.demo.letters import (
    Certificate,
    Letter,
    draw_certificate,
    draw_letter,
    draw_paper,
)
from reviews.demo.signing import Identity, make_identity, sign_letter
from reviews.demo.vehicles import misread

CITIES: Final = {
    "KZ": "Almaty",
    "RU": "Moscow",
    "UZ": "Tashkent",
    "KG": "Bishkek",
    "AE": "Dubai",
    "GE": "Tbilisi",
    "MN": "Ulaanbaatar",
    "SA": "Riyadh",
    "EG": "Cairo",
    "AZ": "Baku",
}
# Neither has a border with a destination above, so an outlet there helps nobody.
ELSEWHERE: Final = ("VN", "NG")
ISSUERS: Final = {"dealer": DEALER, "sales": SALES_COMPANY}


@dataclass(frozen=True)
class Wish:
    """A letter to be drawn: the cars it is for, where they go, and what is wrong with it.

    *kind* is clean, missing, destination, outlet, dealer, sales, expired or revoked.
    """

    kind: str
    company: Company
    vehicles: list[Vehicle]
    destination: Destination
    number: int
    applied_at: datetime


def hand_in(wish: Wish, application: Application, *, at: datetime) -> Confirmation:
    """Upload, open, enter and attach the letter *wish* asks for."""
    letter, entered = written(wish)
    drawn = draw_letter(letter)
    document = take_in(
        signed(drawn, letter, at=at) if is_signed(wish) else drawn,
        name=f"{letter.number}.pdf",
        kind=Document.Kind.CONFIRMATION,
        company=wish.company,
        at=at,
    )
    confirmation = confirming.enter_confirmation(
        wish.company.exporter, document=document, by=wish.company.clerk, at=at, **entered
    )
    filing.attach(document, application, by=wish.company.clerk, at=at)
    return confirmation


def is_signed(wish: Wish) -> bool:
    """Tell whether the letter comes with an electronic signature: every second good one does."""
    return wish.kind == "clean" and wish.number % 2 == 1


def signed(pdf: bytes, letter: Letter, *, at: datetime) -> bytes:
    """Return *pdf* signed by its issuer, whose certificate the ministry trusts."""
    identity = identity_of(letter.issuer_name)
    unit = ManufacturerName.objects.of_unit_named(letter.issuer_name, on=letter.issued_on)
    known = TrustedCertificate.objects.filter(pem=identity.pem.decode())
    if unit and not known.exists():
        keeper = User.objects.filter(membership__role=Role.POLICY).order_by("pk")[0]
        trust.trust_certificate(unit.manufacturer, identity.pem, by=keeper, at=at)
    return sign_letter(pdf, identity, at=at)


@cache
def identity_of(name: str) -> Identity:
    """Return the key and certificate of a unit, made once and kept nowhere."""
    year = timezone.now().year
    return make_identity(
        name,
        valid_from=datetime(year - 2, 1, 1, tzinfo=UTC),
        valid_until=datetime(year + 2, 1, 1, tzinfo=UTC),
    )


def written(wish: Wish) -> tuple[Letter, dict[str, Any]]:
    """Return the letter as drawn and the same facts as a clerk enters them."""
    goal = other_country(wish) if wish.kind == "destination" else wish.destination
    outlet = outlet_in(other_country(wish) if wish.kind == "outlet" else goal)
    maker = wish.vehicles[0].maker_name
    lines = [list(line_of(vehicle)) for vehicle in wish.vehicles]
    if wish.kind == "missing":
        lines[0][0] = misread(lines[0][0])
    applied_on = legal_day(wish.applied_at)
    facts: dict[str, Any] = {
        "number": f"ASC-{applied_on.year}-{wish.number:04d}",
        "issuer_name": ISSUERS.get(wish.kind, maker),
        "issued_on": applied_on - timedelta(days=7 + wish.number % 8),
        "valid_until": applied_on - timedelta(days=2) if wish.kind == "expired" else None,
    }
    letter = Letter(
        manufacturer_name=maker,
        destination_zh=goal.name_zh,
        destination_en=goal.name_en,
        exporter_name=wish.company.exporter.name_zh,
        exporter_uscc=wish.company.exporter.uscc,
        vehicles=tuple((line[0], line[1], line[2], line[3]) for line in lines),
        outlets=(printed(outlet),),
        sealed=True,
        # No two stampings are alike; the same picture twice would be a finding.
        seal_turn=wish.number * 37 % 61 - 30,
        **facts,
    )
    vins = [line[0] for line in lines]
    return letter, {"destinations": [goal], "vins": vins, "outlets": [outlet], **facts}


def other_country(wish: Wish) -> Destination:
    """Return a country the cars do not go to."""
    return Destination.objects.get(pk=ELSEWHERE[wish.number % len(ELSEWHERE)])


def outlet_in(country: Destination) -> dict[str, Any]:
    """Return an invented service outlet."""
    return {
        "country": country,
        "name": f"{country.name_en} Example Auto Service",
        "address": f"Example Street 12, {CITIES.get(country.pk, 'Port District')}",
        "provider": f"Example Motors {country.pk}",
        "phone": "+000 0000 0000",
    }


def printed(outlet: dict[str, Any]) -> tuple[str, str, str, str, str]:
    """Return *outlet* as a row of the letter."""
    country = outlet["country"]
    return (
        f"{country.name_zh} {country.name_en}",
        outlet["name"],
        outlet["address"],
        outlet["provider"],
        outlet["phone"],
    )


def line_of(vehicle: Vehicle) -> tuple[Any, ...]:
    """Return *vehicle* as a row of the letter."""
    return vehicle.vin, vehicle.brand, vehicle.model, vehicle.registered_on


def take_in(
    content: bytes, *, name: str, kind: Document.Kind, company: Company, at: datetime
) -> Document:
    """Upload a PDF and take it through the pipeline at once."""
    file = SimpleUploadedFile(name, content, "application/pdf")
    document = filing.receive(file, exporter=company.exporter, kind=kind, by=company.clerk, at=at)
    pipeline.complete(document.pk, at=at)
    return document


def hand_in_contract(application: Application, *, company: Company, at: datetime) -> None:
    """Upload and attach the sales contract of *application*."""
    destination = application.destination
    lines = (
        f"合同编号 Contract No.: {application.contract_number}",
        f"卖方 Seller: {company.exporter.name_zh}",
        f"买方 Buyer: {destination.name_en if destination else ''} Example Import LLC",
        f"目的国 Destination: {destination.name_zh if destination else ''}",
        f"数量 Quantity: {application.lines.count()} 辆 used vehicles",
        "第九条 售后服务：卖方通过目的国服务网点提供维修服务和配件。",
        "Article 9. After-sales service: repair and parts through the outlets named.",
        f"签订日期 Date: {en_day(legal_day(at))}",
    )
    document = take_in(
        draw_paper("二手车销售合同 Used Car Sales Contract", lines),
        name=f"contract-{application.contract_number}.pdf",
        kind=Document.Kind.CONTRACT,
        company=company,
        at=at,
    )
    filing.attach(document, application, by=company.clerk, at=at)


def hand_in_certificate(application: Application, *, company: Company, at: datetime) -> None:
    """Upload and attach the certificate specimen of the first vehicle."""
    vehicle = application.lines.select_related("vehicle").order_by("position")[0].vehicle
    assert vehicle.registered_on is not None  # only flawless batches bring their certificate
    certificate = Certificate(
        number=vehicle.certificate_number,
        authority=f"{company.exporter.office.province}公安局交通警察总队车辆管理所",
        owner=vehicle.owner_name,
        vin=vehicle.vin,
        brand=vehicle.brand,
        model=vehicle.model,
        maker=vehicle.maker_name,
        fuel=vehicle.get_fuel_display(),
        use=vehicle.get_use_display(),
        registered_on=vehicle.registered_on,
        transferred_on=vehicle.transferred_on,
    )
    document = take_in(
        draw_certificate(certificate),
        name=f"certificate-{vehicle.vin}.pdf",
        kind=Document.Kind.CERTIFICATE,
        company=company,
        at=at,
    )
    filing.attach(document, application, by=company.clerk, at=at, vehicle=vehicle)
