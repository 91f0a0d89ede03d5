"""Valid objects, made through the services that people use; a test states only what it is about."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any
from zoneinfo import ZoneInfo

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction

from documents import confirming, filing, registry
from documents.models import Confirmation, Document
from exports import drafting, fleet
from exports.identifiers import check_digit
from exports.models import (
    Application,
    Destination,
    Exporter,
    Manufacturer,
    ManufacturerName,
    Membership,
    Ministry,
    Office,
    Port,
    Role,
    User,
    Vehicle,
)
from reviews import assessment, decisions, intake
from reviews.demo.letters import Letter, draw_letter
from reviews.models import Case, Decision, Reason, Request

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 6, 30, 12, 0, tzinfo=SHANGHAI)
TODAY = NOON.date()
BYD = "比亚迪汽车有限公司"

numbers = count(1)


def make_vin(number: int | None = None, *, wmi: str = "LGX") -> str:
    """Return a valid VIN of model year 2026 (T)."""
    serial = next(numbers) if number is None else number
    draft = f"{wmi}C74CG0T0{serial:06d}"
    return draft[:8] + check_digit(draft) + draft[9:]


def make_uscc(number: int | None = None) -> str:
    """Return a valid unified social credit code."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    body = f"91110000{next(numbers) if number is None else number:08d}X"
    weights = [pow(3, place, 31) for place in range(17)]
    total = sum(alphabet.index(sign) * weight for sign, weight in zip(body, weights, strict=True))
    return body + alphabet[(31 - total % 31) % 31]


def make_office(code: str = "tianjin", **fields: Any) -> Office:
    fields = {"name_zh": "天津市商务局", "level": Office.Level.PROVINCE} | fields
    return Office.objects.get_or_create(code=code, defaults=fields)[0]


def make_exporter(**fields: Any) -> Exporter:
    number = next(numbers)
    defaults = {
        "name_zh": f"天津示例汽车出口有限公司{number}",
        "uscc": make_uscc(number),
        "filing_number": f"TJ{number:06d}",
        "filed_on": date(2026, 1, 5),
        "filing_expires_on": date(2027, 1, 4),
    }
    office = fields.pop("office", None) or make_office()
    return Exporter.objects.create(office=office, **(defaults | fields))


def make_person(role: str, organisation: Any, *, name: str = "", **fields: Any) -> User:
    number = next(numbers)
    user = User.objects.create_user(
        f"person{number}@example.test", "correct horse battery", name=name or f"P{number}", **fields
    )
    side = str(organisation._meta.model_name)
    Membership.objects.create(user=user, role=role, **{side: organisation})
    return user


def make_ministry(code: str = "mps", **fields: Any) -> Ministry:
    return Ministry.objects.get_or_create(code=code, defaults={"name_zh": code} | fields)[0]


def officer_of(code: str = "mps", **fields: Any) -> User:
    """Return a person who answers for another ministry; the law must be loaded."""
    return make_person(Role.OPINION, make_ministry(code), **fields)


def clerk_of(exporter: Exporter, **fields: Any) -> User:
    return make_person(Role.CLERK, exporter, **fields)


def make_manufacturer(name: str = BYD, *, kind: str = "maker") -> Manufacturer:
    found = ManufacturerName.objects.filter(name=name).first()
    if found:
        return found.manufacturer
    maker = Manufacturer.objects.create(kind=kind)
    ManufacturerName.objects.create(manufacturer=maker, name=name, listed_from=date(2010, 1, 1))
    return maker


def make_destination(code: str = "KZ") -> Destination:
    names = {"KZ": ("哈萨克斯坦", "Kazakhstan"), "RU": ("俄罗斯联邦", "Russia")}
    zh, en = names.get(code, (code, code))
    return Destination.objects.get_or_create(iso2=code, defaults={"name_zh": zh, "name_en": en})[0]


def make_port() -> Port:
    return Port.objects.get_or_create(code="CNHRG", defaults={"name_zh": "霍尔果斯"})[0]


def vehicle_facts(exporter: Exporter, *, age: int = 300, **facts: Any) -> dict[str, Any]:
    """Return certificate facts of a car registered *age* days before TODAY."""
    registered_on = TODAY - timedelta(days=age)
    return {
        "vin": make_vin(),
        "brand": "比亚迪",
        "model": "BYD7009BEV",
        "maker_name": BYD,
        "hs_code": "8703801090",
        "fuel": "electric",
        "odometer_km": 5200,
        "certificate_number": f"{next(numbers):012d}",
        "owner_name": exporter.name_zh,
        "owner_uscc": exporter.uscc,
        "produced_on": registered_on - timedelta(days=20),
        "registered_on": registered_on,
        "transferred_on": registered_on + timedelta(days=min(age, 60)),
    } | facts


def make_vehicle(exporter: Exporter, *, by: User | None = None, **facts: Any) -> Vehicle:
    person = by or clerk_of(exporter)
    return fleet.add_vehicle(exporter, by=person, at=NOON, **vehicle_facts(exporter, **facts))


def make_draft(
    exporter: Exporter,
    *vehicles: Vehicle,
    by: User | None = None,
    at: datetime = NOON,
    **terms: Any,
) -> Application:
    person = by or clerk_of(exporter)
    terms = {
        "destination": make_destination(),
        "contract_destination": make_destination(),
        "port": make_port(),
        "contract_number": "HT-2026-001",
        "market_declaration": True,
    } | terms
    application = drafting.open_application(exporter, by=person, at=at, **terms)
    for vehicle in vehicles or (make_vehicle(exporter, by=person),):
        drafting.add_to_application(application, vehicle, by=person, at=at)
    return application


def make_case(
    exporter: Exporter | None = None,
    *vehicles: Vehicle,
    by: User | None = None,
    at: datetime = NOON,
    **terms: Any,
) -> Case:
    """File a draft; whether its checks run then depends on the transaction (see ``checked``)."""
    exporter = exporter or make_exporter()
    person = by or clerk_of(exporter)
    return intake.file(make_draft(exporter, *vehicles, by=person, **terms), by=person, at=at)


def checked(case: Case, *, at: datetime = NOON) -> Case:
    """Let the checks run, as a worker would."""
    assessment.assess(case, at=at)
    return Case.objects.get(pk=case.pk)


def make_clean_case(
    exporter: Exporter, *, by: User, at: datetime = NOON, age: int = 300, **facts: Any
) -> Case:
    """File and check a batch of one vehicle at which no check fails; the law must be loaded."""
    vehicle = make_vehicle(exporter, by=by, age=age, **facts)
    answer_registry(vehicle)
    return checked(make_case(exporter, vehicle, by=by, at=at), at=at)


def make_failing_case(exporter: Exporter, *, by: User, at: datetime = NOON) -> Case:
    """File and check a young vehicle without a letter."""
    return make_clean_case(exporter, by=by, at=at, age=100)


def ask_for(case: Case, *, by: User, at: datetime = NOON, **question: Any) -> Request:
    """Return the case with one question, by default for the contract."""
    reason = Reason.objects.get(pk=question.pop("code", "RC09"))
    question = question or {"document_kind": "contract"}
    return decisions.ask(
        case, questions=[decisions.Question(reason=reason, **question)], by=by, at=at
    )


def answer_all(request: Request, *, by: User, at: datetime = NOON, **reply: Any) -> Case:
    """Answer every item alike, by default with words."""
    reply = reply or {"text": "见合同第九条"}
    answers = [intake.ItemAnswer(item=item, **reply) for item in request.items.all()]
    return intake.answer(request, answers=answers, by=by, at=at)


def recommend_refusal(case: Case, *, by: User, at: datetime = NOON) -> Decision:
    reasons = Reason.objects.filter(pk="RF01")
    return decisions.recommend(case, "refuse", reasons=reasons, by=by, at=at)


def and_fail(act: Callable[[], object]) -> None:
    """Do *act* in a transaction that fails afterwards."""
    with transaction.atomic():
        act()
        raise ZeroDivisionError


def make_letter_pdf(
    vehicles: list[Vehicle], *, issuer: str = BYD, destination: str = "KZ", **fields: Any
) -> bytes:
    country = make_destination(destination)
    letter = {
        "number": f"ASC-2026-{next(numbers):06d}",
        "manufacturer_name": BYD,
        "issuer_name": issuer,
        "destination_zh": country.name_zh,
        "destination_en": country.name_en,
        "exporter_name": vehicles[0].exporter.name_zh,
        "exporter_uscc": vehicles[0].exporter.uscc,
        "vehicles": tuple((v.vin, v.brand, v.model, v.registered_on) for v in vehicles),
        "outlets": (
            ("哈萨克斯坦 Kazakhstan", "Astana Motors", "Almaty", "Astana Motors", "+7727"),
        ),
        "issued_on": TODAY - timedelta(days=10),
        "valid_until": None,
        "sealed": True,
    } | fields
    return draw_letter(Letter(**letter))


def upload(
    exporter: Exporter,
    content: bytes,
    *,
    by: User,
    kind: str = Document.Kind.CONFIRMATION,
    name: str = "letter.pdf",
    content_type: str = "application/pdf",
) -> Document:
    file = SimpleUploadedFile(name, content, content_type)
    return filing.receive(file, exporter=exporter, kind=kind, by=by, at=NOON)


def make_confirmation(
    vehicles: list[Vehicle],
    *,
    by: User | None = None,
    issuer_name: str = BYD,
    destinations: list[Destination] | None = None,
    outlets: list[dict[str, Any]] | None = None,
    **facts: Any,
) -> Confirmation:
    """Enter a good confirmation for *vehicles*, with a real letter behind it."""
    exporter = vehicles[0].exporter
    person = by or clerk_of(exporter)
    make_manufacturer()
    country = make_destination()
    outlet = {
        "country": country,
        "name": "Astana Motors",
        "address": "Almaty, Kuldja 2",
        "provider": "Astana Motors",
        "phone": "+7 727 000",
    }
    document = upload(exporter, make_letter_pdf(vehicles, issuer=issuer_name), by=person)
    facts = {"issued_on": TODAY - timedelta(days=10), "number": "ASC-1"} | facts
    return confirming.enter_confirmation(
        exporter,
        document=document,
        destinations=[country] if destinations is None else destinations,
        vins=[vehicle.vin for vehicle in vehicles],
        outlets=[outlet] if outlets is None else outlets,
        issuer_name=issuer_name,
        by=person,
        at=NOON,
        **facts,
    )


def answer_registry(vehicle: Vehicle, **answer: Any) -> None:
    """Let the registry confirm the vehicle, but for *answer*."""
    facts = {
        "registered_on": vehicle.registered_on,
        "transferred_on": vehicle.transferred_on,
        "owner_name": vehicle.owner_name,
        "owner_uscc": vehicle.owner_uscc,
        "brand": vehicle.brand,
        "model": vehicle.model,
        "mortgaged": False,
        "seized": False,
        "stolen": False,
        "open_violations": False,
    } | answer
    registry.record_answer(vehicle.vin, by=None, at=NOON, source="test registry", **facts)
