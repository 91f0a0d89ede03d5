"""CNF-01 to CNF-08, CNF-10, CNF-11: the manufacturer's letter, whether it is there and good enough.

Where several letters were given, all checks judge the same one: the best as a whole. A right
destination on one letter and a right issuer on another do not add up to a confirmation.
"""

from typing import Final

from exports.rules import NOTICE_1_1, Sentence
from exports.rules import Outcome as Rule
from reviews.checks.age import GET_LETTER, RULE_READS, or_wait, verdict_on
from reviews.checks.letters import (
    LetterTest,
    best_letter,
    judge_destination,
    judge_kind,
    judge_listing,
    judge_maker,
    judge_outlets,
    judge_vin,
)
from reviews.checks.model import (
    ConfirmationFacts,
    Facts,
    Judgement,
    Outcome,
    attention,
    failed,
    passed,
    spared,
)
from reviews.checks.promise import FORGED, judge_promise, judge_word
from reviews.checks.registry import check
from reviews.checks.sealing import judge_seal
from reviews.checks.sources import GUIDELINE_2, HOUSE_PRACTICE

LETTER_READS: Final = (
    *RULE_READS,
    "vehicle.vin",
    "vehicle.maker_name",
    "application.destination",
    "application.contract_destination",
    "application.neighbours",
    "confirmations",
    "papers.letter",
    "papers.pages",
    "papers.seen",
    "papers.grey",
    "papers.seals",
    "papers.signatures",
)


@check(
    "CNF-01",
    subject="vehicle",
    reads=(*RULE_READS, "confirmations.key", "confirmations.on_file"),
    title=Sentence(zh="需要时已提交确认书", en="Confirmation present where needed"),
    clause=NOTICE_1_1,
)
def letter_is_present(facts: Facts) -> Judgement:
    """Demand a letter where the rule does, and its file where one is claimed."""
    if any(letter.on_file for letter in facts.confirmations):
        return passed(zh="已提交确认书。", en="A confirmation was given.")
    verdict = verdict_on(facts)
    if verdict is not None and verdict.spares_letter:
        return _needless()
    cure = or_wait(GET_LETTER, verdict=verdict)
    if facts.confirmations:
        return attention(
            zh="填报有确认书，但未上传文件。",
            en="A confirmation is claimed, but its file is missing.",
            cure=cure,
        )
    if verdict is None or verdict.outcome is not Rule.REQUIRED:
        return attention(
            zh="尚不能确定是否需要确认书；目前未提交。",
            en="Whether a confirmation is needed is not certain yet; none was given.",
            cure=cure,
        )
    return failed(
        zh="需要确认书，但未提交；不能提供的，不予发放出口许可证。",
        en="A confirmation is needed and none was given; without it no export licence is issued.",
        cure=cure,
    )


@check(
    "CNF-02",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="出具单位列入公告", en="Issuer is listed under this name"),
    clause=GUIDELINE_2,
)
def issuer_is_listed(facts: Facts) -> Judgement:
    """Demand the exact name in the ministry's announcement on the day of issue."""
    return _judge_letter(facts, test=judge_listing)


@check(
    "CNF-03",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="出具单位类型", en="Kind of issuer"),
    clause=GUIDELINE_2,
    since="2",
)
def issuer_may_confirm(facts: Facts) -> Judgement:
    """Refuse sales units, dealers, refitters, parents and overseas units as issuers."""
    return _judge_letter(facts, test=judge_kind)


@check(
    "CNF-04",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="出具单位为证书载明的制造厂", en="Issuer made the vehicle"),
    clause=GUIDELINE_2,
)
def issuer_made_the_vehicle(facts: Facts) -> Judgement:
    """Compare the issuer with the manufacturer on the registration certificate."""
    return _judge_letter(facts, test=judge_maker)


@check(
    "CNF-05",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="确认书列明该车架号", en="Letter names this VIN"),
    clause=GUIDELINE_2,
)
def letter_names_the_vehicle(facts: Facts) -> Judgement:
    """Demand this very VIN; one that merely looks like it covers nothing."""
    return _judge_letter(facts, test=judge_vin)


@check(
    "CNF-06",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="出口国别一致", en="Destination equal"),
    clause=NOTICE_1_1,
)
def destination_is_equal(facts: Facts) -> Judgement:
    """Compare the destinations of letter, application and contract."""
    return _judge_letter(facts, test=judge_destination)


@check(
    "CNF-07",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="目的国售后网点", en="Service outlets at the destination"),
    clause=GUIDELINE_2,
)
def outlets_serve_the_destination(facts: Facts) -> Judgement:
    """Demand one outlet in the country, with name, address and provider."""
    return _judge_letter(facts, test=judge_outlets)


@check(
    "CNF-08",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="公章或电子签名", en="Official seal or electronic signature"),
    clause=GUIDELINE_2,
    since="4",
)
def letter_is_sealed(facts: Facts) -> Judgement:
    """Demand the issuer's official seal, or a signature of its own that can be verified."""
    return _judge_letter(facts, test=judge_seal)


@check(
    "CNF-10",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="确认书在有效状态", en="Letter in force"),
    clause=HOUSE_PRACTICE,
)
def letter_is_in_force(facts: Facts) -> Judgement:
    """Judge revocation, expiry and age of the letter on the application date."""
    return _judge_letter(facts, test=judge_promise)


@check(
    "CNF-11",
    subject="vehicle",
    reads=LETTER_READS,
    title=Sentence(zh="生产企业未否认该确认书", en="Not disowned by the manufacturer"),
    clause=GUIDELINE_2,
)
def letter_is_not_disowned(facts: Facts) -> Judgement:
    """Fail what the manufacturer calls forged; a forged one beside a good one wants an eye."""
    forged = [letter for letter in facts.confirmations if letter.word == FORGED]
    # What its maker calls forged is no less so while its file is still being opened.
    judgement = _judge_letter(facts, test=judge_word, otherwise=next(iter(forged), None))
    if not forged or judgement.outcome in (Outcome.FAIL, Outcome.ATTENTION):
        return judgement
    number = forged[0].number or "–"
    return attention(
        zh=f"另有一份确认书（编号{number}）被生产企业声明为伪造。",
        en=f"The manufacturer called another letter given here (number {number}) forged.",
    )


def _judge_letter(
    facts: Facts, *, test: LetterTest, otherwise: ConfirmationFacts | None = None
) -> Judgement:
    """Judge the best letter by *test*; a letter that is not needed cannot fail the vehicle."""
    verdict, letter = verdict_on(facts), best_letter(facts) or otherwise
    needless = verdict is not None and verdict.spares_letter
    if letter is None:
        return _needless() if needless else _nothing_to_judge()
    judgement = test(letter, facts)
    if judgement.outcome is Outcome.FAIL and needless:
        said = judgement.sentence
        return attention(
            zh=f"{said.zh}但该车不需要确认书，不影响办理。",
            en=f"{said.en} But this vehicle needs no confirmation, so nothing depends on it.",
        )
    if judgement.outcome is Outcome.FAIL and judgement.cure:
        return failed(
            judgement.sentence.zh,
            judgement.sentence.en,
            cure=or_wait(judgement.cure, verdict=verdict),
        )
    return judgement


def _needless() -> Judgement:
    """Say that no letter is asked for."""
    return spared(zh="该车不需要确认书。", en="This vehicle needs no confirmation.")


def _nothing_to_judge() -> Judgement:
    """Say that there is no letter to look at, which CNF-01 judges."""
    return attention(
        zh="没有可核对的确认书，见CNF-01。", en="There is no confirmation to look at; see CNF-01."
    )
