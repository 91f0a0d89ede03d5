"""Judge how long a manufacturer's letter holds: its dates and its revocation."""

from datetime import date
from typing import Final

from exports.rules import Sentence, en_day, zh_day
from reviews.checks.model import (
    ConfirmationFacts,
    Facts,
    Judgement,
    attention,
    failed,
    passed,
    spared,
)

OLD_DAYS: Final = 180
OURS: Final = "ours"
FORGED: Final = "forged"
RENEW: Final = Sentence(
    zh="请由生产企业出具新的确认书", en="Have the manufacturer issue a new confirmation"
)


def judge_promise(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Judge *letter* on the application date; the law sets no term, so age alone never fails."""
    if letter.revoked_on is not None:
        return failed(
            zh=f"确认书已于{zh_day(letter.revoked_on)}被撤销。",
            en=f"The confirmation was revoked on {en_day(letter.revoked_on)}.",
            cure=RENEW,
        )
    applied_on = facts.application.applied_on
    if applied_on is None or letter.issued_on is None:
        return attention(
            zh="缺少确认书签发日期或申请日。",
            en="The day of issue or the application date is unknown.",
        )
    if letter.valid_until is not None and letter.valid_until < applied_on:
        return failed(
            zh=f"确认书有效期至{zh_day(letter.valid_until)}，早于申请日。",
            en=f"The confirmation was valid until {en_day(letter.valid_until)}, before the"
            " application date.",
            cure=RENEW,
        )
    return _judge_age(
        letter.issued_on, applied_on=applied_on, registered_on=facts.vehicle.registered_on
    )


def judge_word(letter: ConfirmationFacts, _facts: Facts) -> Judgement:
    """Judge what the manufacturer itself says of *letter*; silence is neither good nor bad."""
    if letter.attested:
        return passed(
            zh="由生产企业在本系统内出具。", en="The manufacturer itself issued it in this system."
        )
    if letter.word == FORGED:
        day = letter.word_on
        zh, en = (f"于{zh_day(day)}", f" on {en_day(day)}") if day else ("", "")
        return failed(
            zh=f"生产企业{zh}声明该确认书不是其出具（伪造）。",
            en=f"The manufacturer said{en} that it never issued this letter: it is forged.",
            cure=RENEW,
        )
    if letter.word == OURS:
        return passed(
            zh="生产企业确认该确认书由其出具。",
            en="The manufacturer says that this letter is its own.",
        )
    return spared(
        zh="生产企业未对该确认书发表意见。",
        en="The manufacturer has said nothing of this letter.",
    )


def _judge_age(issued_on: date, *, applied_on: date, registered_on: date | None) -> Judgement:
    """Judge a live letter by its day of issue."""
    age = (applied_on - issued_on).days
    if age < 0:
        return attention(
            zh=f"确认书签发于{zh_day(issued_on)}，晚于申请日。",
            en=f"The confirmation was issued on {en_day(issued_on)}, after the application date.",
        )
    if age > OLD_DAYS:
        return attention(
            zh=f"确认书签发已{age}天，超过{OLD_DAYS}天，请向生产企业核实。",
            en=f"The confirmation is {age} days old, over {OLD_DAYS}; ask the manufacturer.",
        )
    if registered_on is not None and issued_on < registered_on:
        return attention(
            zh="确认书签发日期早于车辆注册登记日期。",
            en="The confirmation was issued before the vehicle was registered.",
        )
    return passed(
        zh=f"确认书签发于{zh_day(issued_on)}，处于有效状态。",
        en=f"The confirmation of {en_day(issued_on)} is in force.",
    )
