"""AGE-01 and AGE-02: the 180-day rule applied to a vehicle, and the claim of transition."""

from datetime import date
from typing import Final

from exports.rules import NOTICE_1_1, Sentence, Terms, Verdict, en_day, judge, zh_day
from exports.rules import Outcome as Rule
from reviews.checks.model import Facts, Judgement, Outcome, attention, failed, passed, spared
from reviews.checks.registry import check

NOTE_DAYS: Final = 5
GET_LETTER: Final = Sentence(
    zh="请补充生产企业出具的《售后维修服务确认书》",
    en="Add the manufacturer's after-sales confirmation",
)
RULE_READS: Final = (
    "vehicle.registered_on",
    "vehicle.transferred_on",
    "registry.registered_on",
    "registry.transferred_on",
    "application.applied_on",
    "terms",
)
COMPLETE_DATES: Final = Sentence(
    zh="请按《机动车登记证书》补正注册登记日期和转让登记待出口日期。",
    en="Enter the registration and transfer dates as on the registration certificate.",
)


def verdict_on(facts: Facts) -> Verdict | None:
    """Apply the rule to *facts*, ``None`` while there is no application date.

    The registry's transfer date decides a claim of transition, for or against.
    """
    applied_on = facts.application.applied_on
    if applied_on is None:
        return None
    claimed, known = facts.vehicle.transferred_on, _known_transfer(facts)
    decided = known if known is not None and _claims_transition(facts) else claimed
    return judge(
        registered_on=facts.vehicle.registered_on,
        applied_on=applied_on,
        transferred_on=decided,
        transfer_proven=known is not None,
        terms=facts.terms,
    )


def or_wait(cure: Sentence, *, verdict: Verdict | None) -> Sentence:
    """Add to *cure* the other way out: apply again once no letter is needed."""
    free = verdict.free_from if verdict else None
    if free is None:
        return Sentence(zh=f"{cure.zh}。", en=f"{cure.en}.")
    return Sentence(
        zh=f"{cure.zh}；或撤回后于{zh_day(free)}及以后重新申请，届时不需要确认书。",
        en=f"{cure.en}, or withdraw and apply again on or after {en_day(free)}, when none is"
        " needed.",
    )


@check(
    "AGE-01",
    subject="vehicle",
    reads=(*RULE_READS, "confirmations.on_file"),
    title=Sentence(zh="距注册登记日期天数", en="Days since registration"),
    clause=NOTICE_1_1,
)
def age_needs_no_letter_or_has_one(facts: Facts) -> Judgement:
    """Judge the day count; a letter given is only noted, the CNF checks judge it."""
    verdict = verdict_on(facts)
    if verdict is None:
        return attention(
            zh="尚无申请日，无法计算天数。", en="Without an application date no days are counted."
        )
    judgement = _judge_age(verdict, facts=facts)
    return _doubt_registration(judgement, facts=facts)


@check(
    "AGE-02",
    subject="vehicle",
    reads=RULE_READS,
    title=Sentence(zh="过渡安排", en="Transition"),
    clause=NOTICE_1_1,
)
def transition_is_proven(facts: Facts) -> Judgement:
    """Judge the claim that the transfer was registered before the rule took effect."""
    verdict, known = verdict_on(facts), _known_transfer(facts)
    if not _claims_transition(facts) or (verdict and _needs_no_transition(verdict)):
        return spared(zh="不涉及过渡安排。", en="No transition is claimed or needed.")
    if known is None:
        return attention(
            zh="主张已在规定施行前完成转让登记待出口，登记机关尚未核实。",
            en="The transfer is said to predate the rule; the registration authority has not"
            " confirmed it.",
        )
    if _is_before(known, terms=facts.terms):
        return passed(
            zh=f"登记机关确认{zh_day(known)}完成转让登记待出口，适用过渡安排。",
            en=f"The registry confirms the transfer on {en_day(known)}; the transition applies.",
        )
    return failed(
        zh=f"登记机关记录的转让登记待出口日期为{zh_day(known)}，不适用过渡安排。",
        en=f"The registry has the transfer on {en_day(known)}; the transition does not apply.",
        cure=or_wait(GET_LETTER, verdict=verdict),
    )


def _judge_age(verdict: Verdict, *, facts: Facts) -> Judgement:
    """Turn the rule's verdict into a finding, looking only at whether a letter was given."""
    said = verdict.sentence
    if verdict.outcome in {Rule.DATE_MISSING, Rule.DATE_IMPOSSIBLE}:
        return failed(said.zh, said.en, cure=COMPLETE_DATES)
    if verdict.outcome is Rule.NOT_APPLICABLE:
        return spared(said.zh, said.en)
    if verdict.spares_letter:
        return passed(said.zh, said.en)
    cure = or_wait(GET_LETTER, verdict=verdict)
    if verdict.outcome is Rule.TRANSITION_UNPROVEN:
        return attention(said.zh, said.en, cure=cure)
    if not facts.confirmations:
        return failed(said.zh, said.en, cure=cure)
    return _note_letter(verdict, facts=facts, cure=cure)


def _note_letter(verdict: Verdict, *, facts: Facts, cure: Sentence) -> Judgement:
    """Say whether the letter is there, and draw the eye to a case within days of needing none."""
    terms, said = facts.terms, verdict.sentence
    if not any(letter.on_file for letter in facts.confirmations):
        return attention(said.zh, said.en, cure=cure)
    zh = f"{said.zh}已提交确认书，内容另行核对。"
    en = f"{said.en} A confirmation was given; its content is judged apart."
    if terms and verdict.days is not None and verdict.days > terms.last_day_number - NOTE_DAYS:
        return attention(zh, en)
    return passed(zh, en)


def _doubt_registration(judgement: Judgement, *, facts: Facts) -> Judgement:
    """Hold a good result while the registry counts from another registration date."""
    known = facts.registry.registered_on if facts.registry else None
    if known in {None, facts.vehicle.registered_on} or judgement.outcome is Outcome.FAIL:
        return judgement
    said = judgement.sentence
    return attention(
        zh=f"{said.zh}但登记机关的注册登记日期不同，核对一致前不能据此办理。",
        en=f"{said.en} But the registry has another registration date; nothing can be decided on"
        " this until they agree.",
        cure=judgement.cure,
    )


def _known_transfer(facts: Facts) -> date | None:
    """Return the registry's transfer date, if it answered one."""
    return facts.registry.transferred_on if facts.registry else None


def _claims_transition(facts: Facts) -> bool:
    """Tell whether the certificate shows a transfer before the rule took effect."""
    claimed = facts.vehicle.transferred_on
    return claimed is not None and _is_before(claimed, terms=facts.terms)


def _is_before(day: date, *, terms: Terms | None) -> bool:
    """Tell whether *day* falls under the transition of *terms*, if they know one."""
    before = terms.transition_before if terms else None
    return before is not None and day < before


def _needs_no_transition(verdict: Verdict) -> bool:
    """Tell whether no letter is needed anyway, transition or not."""
    return verdict.outcome in {Rule.NOT_REQUIRED, Rule.NOT_APPLICABLE}
