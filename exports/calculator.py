"""Answer a stranger's question: does a car registered then need a letter on that day?

The page and the API give this one answer. Dates are taken as true, because a stranger can prove
nothing here; whatever only the registration authority can confirm is said in words.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

from exports.models import Policy
from exports.rules import Outcome, Sentence, Terms, Verdict, en_day, judge, zh_day


@dataclass(frozen=True, slots=True)
class Answer:
    """A verdict with the question it answers and the terms it rests on, if any were in force."""

    registered_on: date | None
    applied_on: date
    transferred_on: date | None
    verdict: Verdict
    explanation: Sentence
    basis: tuple[Sentence, ...]
    terms: Terms | None


def answer(
    *, registered_on: date | None, applied_on: date, transferred_on: date | None = None
) -> Answer:
    """Judge under the policy in force on *applied_on*; one query."""
    return under(
        Policy.objects.in_force(applied_on),
        registered_on=registered_on,
        applied_on=applied_on,
        transferred_on=transferred_on,
    )


def under(
    policy: Policy | None,
    *,
    registered_on: date | None,
    applied_on: date,
    transferred_on: date | None = None,
) -> Answer:
    """Judge under *policy*, for whoever asks about many cars and one day; no query."""
    terms = policy.terms if policy else None
    verdict = judge(
        registered_on=registered_on,
        applied_on=applied_on,
        transferred_on=transferred_on,
        transfer_proven=True,
        terms=terms,
    )
    return Answer(
        registered_on=registered_on,
        applied_on=applied_on,
        transferred_on=transferred_on,
        verdict=verdict,
        explanation=_explanation(verdict, transferred_on=transferred_on),
        basis=_basis(verdict, policy=policy),
        terms=terms,
    )


def read_date(text: str) -> date | None:
    """Return the one day *text* names, ``None`` if it names none or could name two.

    Read are 2026-01-31, 2026/1/31, 2026.1.31, 2026年1月31日, 20260131, 31 January 2026 and
    31 Jan 2026, in any width and with any dash. 03/04/2026 is two days, so it is none.

    Raises:
        ValueError: the form is plain but the calendar has no such day.
    """
    plain = unicodedata.normalize("NFKC", text).translate(_DASHES).strip()
    for shape in _SHAPES:
        found = shape.fullmatch(plain)
        if found:
            return date(int(found["year"]), _month(found["month"]), int(found["day"]))
    return None


def _month(text: str) -> int:
    """Return the number of a month given in digits or in English letters."""
    return int(text) if text.isdigit() else _MONTHS.index(text[:3].lower()) + 1


def _explanation(verdict: Verdict, *, transferred_on: date | None) -> Sentence:
    """Return the rule's sentence, but promise no confirmation that nobody has given yet."""
    if verdict.outcome is not Outcome.TRANSITION or transferred_on is None:
        return verdict.sentence
    return Sentence(
        zh=f"如登记机关核实该车已于{zh_day(transferred_on)}、即规定施行前完成转让登记待出口，"
        "则不要求提交《售后维修服务确认书》；由受理申请的商务主管部门向登记机关核实，"
        "核实前不能按过渡安排办理。",
        en="No confirmation is demanded if the registration authority confirms that the transfer"
        f" pending export was registered on {en_day(transferred_on)}, before the rule took"
        " effect. The commerce department that takes the application asks the authority;"
        " until it has answered, the transition does not apply.",
    )


def _basis(verdict: Verdict, *, policy: Policy | None) -> tuple[Sentence, ...]:
    """Return the clauses the answer rests on; where days were judged, also the policy's own."""
    judged = verdict.outcome not in {Outcome.DATE_MISSING, Outcome.DATE_IMPOSSIBLE}
    if policy is None or not judged or policy.clause.zh in verdict.clause.zh:
        return (verdict.clause,)
    return (verdict.clause, policy.clause)


_DASHES: Final = {ord(dash): "-" for dash in "‐‑‒–—−"}
_MONTHS: Final = (
    *("jan", "feb", "mar", "apr", "may", "jun"),
    *("jul", "aug", "sep", "oct", "nov", "dec"),
)
_MONTH_NAMES: Final = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?"
    "|sep(?:t|tember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
)
_SHAPES: Final = tuple(
    re.compile(shape, re.ASCII | re.IGNORECASE)
    for shape in (
        r"(?P<year>\d{4})\s*([-/.])\s*(?P<month>\d{1,2})\s*\2\s*(?P<day>\d{1,2})",
        r"(?P<year>\d{4})\s*年\s*(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*日?",
        r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})",
        rf"(?P<day>\d{{1,2}})\.?\s+(?P<month>{_MONTH_NAMES})\.?,?\s+(?P<year>\d{{4}})",
    )
)
