"""Doubts about what a person copied from a certificate: likely slips, yet possible on paper."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from exports.identifiers import check_uscc, check_vin
from exports.wording import say

Facts = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Doubt:
    """One doubt about one field. ``token`` changes with every value the doubt rests on."""

    field: str
    value: str
    token: str
    sentence: str


def doubts_about(facts: Facts, *, today: date) -> list[Doubt]:
    """Return every doubt about *facts*; a fact left out raises none."""
    return [
        *number_doubts(facts, field="vin", check=vin_problem),
        *number_doubts(facts, field="owner_uscc", check=uscc_problem),
        *order_doubts(facts),
        *future_doubts(facts, today=today),
    ]


def number_doubts(
    facts: Facts, *, field: str, check: Callable[[str], str | None]
) -> Iterator[Doubt]:
    """Doubt a number whose *check* finds a problem."""
    number = facts.get(field) or ""
    sentence = check(number) if number else None
    if sentence:
        yield Doubt(field, number, f"{field}:{number}", sentence)


def vin_problem(vin: str) -> str | None:
    """Return what is wrong with *vin*, naming the position and the likely slip."""
    problem = check_vin(vin).problem
    return say(problem.sentence) if problem else None


def uscc_problem(code: str) -> str | None:
    """Return what is wrong with *code*."""
    problem = check_uscc(code).problem
    return say(problem.sentence) if problem else None


def order_doubts(facts: Facts) -> Iterator[Doubt]:
    """Doubt dates in an order that no life of a car takes."""
    for earlier, later, sentence in (
        ("produced_on", "registered_on", _("It was registered before it was produced.")),
        ("registered_on", "transferred_on", _("It was transferred before it was registered.")),
    ):
        first, second = facts.get(earlier), facts.get(later)
        if first and second and second < first:
            yield Doubt(later, str(second), f"{later}:{second}<{earlier}:{first}", sentence)


def future_doubts(facts: Facts, *, today: date) -> Iterator[Doubt]:
    """Doubt days that are still to come."""
    for field in ("produced_on", "registered_on", "transferred_on"):
        day = facts.get(field)
        if day and day > today:
            yield Doubt(field, str(day), f"{field}:{day}>today", _("This day is still to come."))
