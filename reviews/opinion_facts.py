"""What a question to another ministry shows of a case, and the opinions the checks weigh."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Final

from django.db.models import Q

from exports.models import Application, Line
from exports.rules import Sentence, legal_day
from reviews.checks.letters import best_letter
from reviews.checks.model import UNSAID, ConfirmationFacts, Facts, OpinionFacts
from reviews.models import Case, Opinion, Point

Shown = dict[str, str]
# The facts by name, in the order in which they are shown.
LABELS: Final[Mapping[str, Sentence]] = {
    "vin": Sentence("车架号", "VIN"),
    "brand": Sentence("品牌", "brand"),
    "model": Sentence("型号", "model"),
    "maker_name": Sentence("生产企业（登记证书）", "manufacturer on the certificate"),
    "issuer_name": Sentence("确认书出具单位", "issuer of the letter"),
    "letter_number": Sentence("确认书编号", "number of the letter"),
    "letter_issued_on": Sentence("确认书签发日期", "day of the letter"),
    "listed_as": Sentence("该日我方《公告》名录中的名称", "in our copy of the announcement"),
    "registered_on": Sentence("注册登记日期", "registered on"),
    "transferred_on": Sentence("转让登记待出口日期", "transferred, pending export, on"),
    "destination": Sentence("出口国别", "destination"),
    "hs_code": Sentence("商品编码", "HS code"),
    "earlier_licences": Sentence("该车此前的出口许可证", "earlier export licences of the vehicle"),
}

# What a question about a letter says of the one vehicle it was asked for.
OF_VEHICLE: Final = frozenset({"brand", "model", "maker_name"})


def letter_asked_about(facts: Facts, *, key: str = "") -> ConfirmationFacts | None:
    """Return the letter of *key*, without one the vehicle's best."""
    if not key:
        return best_letter(facts)
    return next((letter for letter in facts.confirmations if letter.key == key), None)


def shown_of_listing(facts: Facts, *, letter: str, hs_code: str) -> Shown:
    """Return what tells whether the letter's issuer stood in the announcement on its day."""
    given = letter_asked_about(facts, key=letter) or ConfirmationFacts()
    return {
        "brand": facts.vehicle.brand,
        "model": facts.vehicle.model,
        "maker_name": facts.vehicle.maker_name,
        "issuer_name": given.issuer_name,
        "letter_number": given.number,
        "letter_issued_on": iso(given.issued_on),
        "listed_as": given.manufacturer_name if given.listed_name_on_issue else "",
    }


def shown_of_registration(facts: Facts, *, letter: str, hs_code: str) -> Shown:
    """Return what identifies the vehicle and how its registration was declared."""
    vehicle = facts.vehicle
    return {
        "vin": vehicle.vin,
        "brand": vehicle.brand,
        "model": vehicle.model,
        "registered_on": iso(vehicle.registered_on),
        "transferred_on": iso(vehicle.transferred_on),
    }


def shown_of_declaration(facts: Facts, *, letter: str, hs_code: str) -> Shown:
    """Return what a declaration of the vehicle would name, and the licences it had before."""
    history = facts.history
    earlier = (*history.used_licences, *history.expired_licences) if history else ()
    return {
        "vin": facts.vehicle.vin,
        "destination": facts.application.destination,
        "hs_code": hs_code,
        "earlier_licences": ", ".join(earlier),
    }


SHOWN: Final[Mapping[str, Callable[..., Shown]]] = {
    Point.LISTING: shown_of_listing,
    Point.REGISTRATION: shown_of_registration,
    Point.DECLARATION: shown_of_declaration,
}


def iso(day: date | None) -> str:
    """Return *day* in ISO form, empty if nobody knows it."""
    return day.isoformat() if day else ""


def shown(point: str, facts: Facts, *, line: Line, letter: str = "") -> Shown:
    """Return the facts that *point* needs of one vehicle, and no others."""
    return SHOWN[point](facts, letter=letter, hs_code=line.vehicle.hs_code)


def weighed(
    application: Application, lines: Iterable[Line], found: dict[int, Facts]
) -> dict[int, Facts]:
    """Return the facts by line *found*, each with the opinions about it: one query.

    What was answered about a vehicle before it was taken out of another case still speaks of it.
    """
    origin = Case.objects.filter(application=application).values("split_from")
    answered = Q(case__in=origin, state=Opinion.State.ANSWERED)
    asked = (
        Opinion.objects.filter(Q(case__application=application) | answered)
        .exclude(state=Opinion.State.WITHDRAWN)
        .select_related("ministry", "code")
        .order_by("id")
    )
    opinions = list(asked)
    if not opinions:
        return found
    return {line.pk: with_opinions(found[line.pk], opinions, line=line) for line in lines}


def with_opinions(facts: Facts, opinions: Iterable[Opinion], *, line: Line) -> Facts:
    """Return *facts* with the opinions on the vehicle, or on a letter that names it."""
    letters = {letter.key for letter in facts.confirmations}
    mine = (
        opinion_facts(opinion, facts, line=line)
        for opinion in opinions
        if (opinion.letter in letters if opinion.letter else opinion.vin == line.vin)
    )
    return replace(facts, opinions=tuple(mine))


def opinion_facts(opinion: Opinion, facts: Facts, *, line: Line) -> OpinionFacts:
    """Return one opinion as the checks weigh it."""
    now = shown(opinion.point, facts, line=line, letter=opinion.letter)
    if opinion.vin != line.vin:
        now = {name: value for name, value in now.items() if name not in OF_VEHICLE}
    ministry, code = opinion.ministry, opinion.code
    return OpinionFacts(
        key=opinion.number,
        point=opinion.point,
        ministry=Sentence(ministry.name_zh, ministry.name_en or ministry.name_zh),
        due_on=legal_day(opinion.due_at),
        code=code.code if code else "",
        answer=code.text if code else UNSAID,
        weight=code.weight if code else "",
        answered_on=legal_day(opinion.answered_at) if opinion.answered_at else None,
        changed=tuple(changed(opinion.shown, now)),
    )


def changed(then: Mapping[str, str], now: Mapping[str, str]) -> Iterable[Sentence]:
    """Yield the names of the facts that were shown and stand otherwise *now*."""
    for name in now:
        if now[name] != then.get(name, ""):
            yield LABELS[name]
