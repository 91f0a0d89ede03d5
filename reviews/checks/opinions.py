"""OPN-01 to OPN-03: what other ministries answered on a point of the case.

Nobody need be asked, and an open question holds nothing up: it asks for an eye until the answer is
there. An answer against the case stands until the same ministry, asked anew, answers otherwise.
"""

from typing import Final

from exports.rules import NOTICE_1_2, Sentence, en_day, zh_day
from reviews.checks.model import (
    UNSAID,
    Facts,
    Judgement,
    OpinionFacts,
    attention,
    failed,
    passed,
    spared,
)
from reviews.checks.registry import check
from reviews.checks.sources import ANNOUNCEMENT_6, GUIDELINE_2

LISTING: Final = "listing"
REGISTRATION: Final = "registration"
DECLARATION: Final = "declaration"
OPINION_CHECKS: Final = ("OPN-01", "OPN-02", "OPN-03")
FOR: Final = "for"
AGAINST: Final = "against"
ASK_ANEW: Final = Sentence(
    zh="请核实后更正，并再次征求意见。", en="Clear it up, correct it and ask again."
)


@check(
    "OPN-01",
    subject="vehicle",
    reads=("opinions",),
    title=Sentence(zh="工业和信息化主管部门意见：出具单位", en="Opinion on the issuer's listing"),
    clause=GUIDELINE_2,
    since="3",
)
def issuer_is_listed_says_its_ministry(facts: Facts) -> Judgement:
    """Weigh what the ministry that keeps the announcement answered about the letter's issuer."""
    return _judge(facts, point=LISTING)


@check(
    "OPN-02",
    subject="vehicle",
    reads=("opinions",),
    title=Sentence(zh="公安机关意见：车辆登记", en="Opinion on the registration"),
    clause=NOTICE_1_2,
    since="3",
)
def registration_agrees_say_the_police(facts: Facts) -> Judgement:
    """Weigh what the registration authority's officers answered about the vehicle."""
    return _judge(facts, point=REGISTRATION)


@check(
    "OPN-03",
    subject="vehicle",
    reads=("opinions",),
    title=Sentence(zh="海关意见：报关出口", en="Opinion on the customs declaration"),
    clause=ANNOUNCEMENT_6,
    since="3",
)
def export_is_open_says_customs(facts: Facts) -> Judgement:
    """Weigh what customs officers answered about declarations of the vehicle."""
    return _judge(facts, point=DECLARATION)


def _judge(facts: Facts, *, point: str) -> Judgement:
    """Judge the opinions on *point*, oldest first: the last answer counts."""
    asked = [opinion for opinion in facts.opinions if opinion.point == point]
    answered = [opinion for opinion in asked if opinion.answered_on is not None]
    waiting = [opinion for opinion in asked if opinion.answered_on is None]
    if answered and answered[-1].weight == AGAINST:
        return _against(answered[-1])
    if waiting:
        return _waiting(waiting[-1])
    return _weighed(answered[-1]) if answered else _nobody_asked()


def _nobody_asked() -> Judgement:
    """Say that there is nothing to weigh."""
    return spared(zh="未就此征求意见。", en="No other ministry was asked about this.")


def _waiting(opinion: OpinionFacts) -> Judgement:
    """Say who is asked and by when the answer is due."""
    zh = f"，答复期限{zh_day(opinion.due_on)}" if opinion.due_on else ""
    en = f", due {en_day(opinion.due_on)}" if opinion.due_on else ""
    return attention(
        zh=f"已向{opinion.ministry.zh}征求意见{zh}，尚未答复。",
        en=f"An opinion is asked of {opinion.ministry.en}{en}; no answer yet.",
    )


def _against(opinion: OpinionFacts) -> Judgement:
    """Say what speaks against the case, and whether the facts moved on since."""
    said, moved = _said(opinion), _moved(opinion)
    return failed(zh=f"{said.zh}{moved.zh}", en=f"{said.en}{moved.en}", cure=ASK_ANEW)


def _weighed(opinion: OpinionFacts) -> Judgement:
    """Let an answer for the case pass if it is about the facts as they stand."""
    said, moved = _said(opinion), _moved(opinion)
    if opinion.weight == FOR and not opinion.changed:
        return passed(zh=said.zh, en=said.en)
    return attention(zh=f"{said.zh}{moved.zh}", en=f"{said.en}{moved.en}")


def _said(opinion: OpinionFacts) -> Sentence:
    """Return who answered what and when."""
    day = opinion.answered_on
    zh = f"（{zh_day(day)}）" if day else ""
    en = f" ({en_day(day)})" if day else ""
    return Sentence(
        zh=f"{opinion.ministry.zh}答复{zh}：{opinion.answer.zh}。",
        en=f"{opinion.ministry.en} answered{en}: {opinion.answer.en}.",
    )


def _moved(opinion: OpinionFacts) -> Sentence:
    """Name the facts that changed since the question; empty if none did."""
    if not opinion.changed:
        return UNSAID
    zh = "、".join(name.zh for name in opinion.changed)
    en = ", ".join(name.en for name in opinion.changed)
    return Sentence(
        zh=f"征求意见后{zh}已变更，答复所据内容与现在不同。",
        en=f" Changed since it was asked: {en}.",
    )
