"""Cases fit for the clean lane: young vehicles, one letter that was read, entered and passes."""

from datetime import datetime, timedelta
from typing import Any

from documents import confirming
from documents.models import Document
from exports.kicks import held_back
from exports.models import Exporter, User
from reviews.models import Case
from tests.factories import (
    BYD,
    NOON,
    answer_registry,
    checked,
    make_case,
    make_destination,
    make_manufacturer,
    make_vehicle,
    numbers,
)
from tests.seen import read, sealed, seen_letter


def lane_case(
    exporter: Exporter, *, by: User, vehicles: int = 1, seal: bool = True, at: datetime = NOON
) -> Case:
    """File a batch with its letter and check it; the law must be loaded."""
    make_manufacturer()
    born = NOON.date() - at.date()
    cars = [make_vehicle(exporter, by=by, age=100 + born.days) for _ in range(vehicles)]
    with held_back():  # what a reading would find is written down here
        letter = seen_letter(exporter, cars, by=by)
    letter.pages.update(mark="0123456789abcdef")  # compared with the papers seen before
    read(letter, "outlet", "Astana Motors", parts={"country": "KZ", "name": "Astana Motors"})
    if seal:
        sealed(letter)
    enter_letter(letter, cars, by=by)
    for car in cars:
        answer_registry(car)
    case = Case.objects.get(pk=make_case(exporter, *cars, by=by, at=at).pk)
    return checked(case, at=at) if case.status == "checking" else case


def enter_letter(letter: Document, cars: list[Any], *, by: User, number: str = "") -> None:
    """Enter what the letter says, as a clerk does."""
    country = make_destination()
    outlet = {"country": country, "name": "Astana Motors", "provider": "Astana"}
    confirming.enter_confirmation(
        letter.exporter,
        document=letter,
        destinations=[country],
        vins=[car.vin for car in cars],
        outlets=[outlet | {"address": "Almaty"}],
        issuer_name=BYD,
        issued_on=NOON.date() - timedelta(days=10),
        number=number or f"ASC-{next(numbers)}",
        by=by,
        at=NOON,
    )
