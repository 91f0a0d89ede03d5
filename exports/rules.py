"""Decide whether a vehicle needs its manufacturer's after-sales confirmation: the 180-day rule.

Pure: no database, no clock, no settings. Every date is a calendar day in Shanghai.

Source: notice 商贸函〔2025〕648号, part 1(1) and 1(2); enterprise guideline of 2025-12-11, I(1).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One statement of the law or about a case, in the two languages people read it in."""

    zh: str
    en: str

    def in_language(self, code: str) -> str:
        """Return the Chinese text for any Chinese language *code*, else the English one."""
        return self.zh if code.lower().startswith("zh") else self.en


NOTICE_1_1: Final = Sentence(
    zh="商贸函〔2025〕648号 一（一）；《工作指引（企业版）》（2025年12月11日）一（一）",
    en="Notice Shang Mao Han [2025] No. 648, part 1(1); enterprise guideline of"
    " 11 December 2025, part I(1)",
)
NOTICE_1_2: Final = Sentence(
    zh="商贸函〔2025〕648号 一（二）", en="Notice Shang Mao Han [2025] No. 648, part 1(2)"
)


class Outcome(StrEnum):
    """What the rule says about one vehicle on one application date."""

    REQUIRED = "required"
    NOT_REQUIRED = "not_required"
    TRANSITION = "transition"
    TRANSITION_UNPROVEN = "transition_unproven"
    NOT_APPLICABLE = "not_applicable"
    DATE_MISSING = "date_missing"
    DATE_IMPOSSIBLE = "date_impossible"


class CountMethod(StrEnum):
    """Whether the day of registration is day 0 (the difference of dates) or day 1."""

    DIFFERENCE = "difference"
    FIRST_DAY_COUNTS = "first_day_counts"


@dataclass(frozen=True, slots=True)
class Terms:
    """The parameters of the rule in force on a day.

    ``inclusive`` tells whether day ``window_days`` itself still needs a letter;
    a transfer before ``transition_before`` is spared one.
    """

    code: str
    effective_from: date
    window_days: int = 180
    inclusive: bool = True
    count_method: CountMethod = CountMethod.DIFFERENCE
    transition_before: date | None = None

    @property
    def first_day_number(self) -> int:
        """Number of the day of registration itself."""
        return 1 if self.count_method is CountMethod.FIRST_DAY_COUNTS else 0

    @property
    def last_day_number(self) -> int:
        """Number of the last day on which a letter is needed."""
        return self.window_days if self.inclusive else self.window_days - 1

    @property
    def wait(self) -> timedelta:
        """Time from the day of registration to the first day without a letter."""
        return timedelta(days=self.last_day_number - self.first_day_number + 1)


@dataclass(frozen=True, slots=True)
class Verdict:
    """The rule's answer, with what a person needs to understand it and to plan.

    ``required_through`` and ``free_from`` are the last day with and the first without a
    letter; they are ``None`` where the dates or the rule are unknown, or past the year 9999.
    """

    outcome: Outcome
    days: int | None
    required_through: date | None
    free_from: date | None
    sentence: Sentence
    clause: Sentence

    @property
    def needs_letter(self) -> bool:
        """Tell whether the manufacturer's letter is demanded on these dates."""
        return self.outcome is Outcome.REQUIRED

    @property
    def spares_letter(self) -> bool:
        """Tell whether the rule positively asks for no letter."""
        return self.outcome in {
            Outcome.NOT_REQUIRED,
            Outcome.TRANSITION,
            Outcome.NOT_APPLICABLE,
        }


def legal_day(moment: datetime) -> date:
    """Return the day the law counts *moment* on, wherever the server stands.

    Raises:
        ValueError: *moment* has no time zone, so its day in Shanghai is unknown.

    """
    if moment.tzinfo is None:
        raise ValueError("a legal day needs an aware moment")
    return moment.astimezone(SHANGHAI).date()


def zh_day(day: date) -> str:
    """Write *day* as Chinese documents do, 2026年6月30日."""
    return f"{day.year}年{day.month}月{day.day}日"


def en_day(day: date) -> str:
    """Write *day* for English readers, 30 June 2026, independent of the server's locale."""
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def judge(
    *,
    registered_on: date | None,
    applied_on: date,
    transferred_on: date | None = None,
    transfer_proven: bool = False,
    terms: Terms | None,
) -> Verdict:
    """Apply the rule of *terms*, the first matching row of its table winning.

    *applied_on* is the day of the current filing; *transfer_proven* means that the
    registration authority, not only the paper, knows the transfer; ``terms=None`` means
    that no rule was in force.
    """
    if registered_on is None:
        return Verdict(Outcome.DATE_MISSING, None, None, None, _MISSING, NOTICE_1_2)
    days = (applied_on - registered_on).days + (terms.first_day_number if terms else 0)
    fault = _fault(registered_on, applied_on=applied_on, transferred_on=transferred_on)
    if fault is not None:
        return Verdict(Outcome.DATE_IMPOSSIBLE, days, None, None, fault, NOTICE_1_2)
    if terms is None:
        return Verdict(Outcome.NOT_APPLICABLE, days, None, None, _no_rule(applied_on), NOTICE_1_1)
    span = terms.last_day_number - terms.first_day_number
    through, free = _later(registered_on, span), _later(registered_on, span + 1)
    outcome = _outcome(
        days,
        applied_on=applied_on,
        transferred_on=transferred_on,
        proven=transfer_proven,
        terms=terms,
    )
    sentence = _explain(
        outcome,
        days=days,
        applied_on=applied_on,
        registered_on=registered_on,
        transferred_on=transferred_on,
        free=free,
        terms=terms,
    )
    return Verdict(outcome, days, through, free, sentence, NOTICE_1_1)


def _outcome(
    days: int, *, applied_on: date, transferred_on: date | None, proven: bool, terms: Terms
) -> Outcome:
    """Decide on possible dates under a known rule; age comes before transition."""
    if applied_on < terms.effective_from:
        return Outcome.NOT_APPLICABLE
    if days > terms.last_day_number:
        return Outcome.NOT_REQUIRED
    before = terms.transition_before
    if transferred_on is None or before is None or transferred_on >= before:
        return Outcome.REQUIRED
    return Outcome.TRANSITION if proven else Outcome.TRANSITION_UNPROVEN


def _later(day: date, span: int) -> date | None:
    """Return the day *span* days after *day*, or ``None`` past the end of the calendar."""
    try:
        return day + timedelta(days=span)
    except OverflowError:
        return None


def _fault(
    registered_on: date, *, applied_on: date, transferred_on: date | None
) -> Sentence | None:
    """Name the first contradiction between the dates, if any."""
    if registered_on > applied_on:
        return Sentence(
            zh=f"注册登记日期{zh_day(registered_on)}晚于申请日{zh_day(applied_on)}，"
            "日期不成立，请核对《机动车登记证书》。",
            en=f"The registration date {en_day(registered_on)} is later than the application date"
            f" {en_day(applied_on)}. Compare both with the registration certificate.",
        )
    if transferred_on is None or registered_on <= transferred_on <= applied_on:
        return None
    if transferred_on < registered_on:
        return Sentence(
            zh=f"转让登记待出口日期{zh_day(transferred_on)}早于注册登记日期"
            f"{zh_day(registered_on)}，日期不成立，请核对《机动车登记证书》。",
            en=f"The transfer date {en_day(transferred_on)} is earlier than the registration date"
            f" {en_day(registered_on)}. Compare both with the registration certificate.",
        )
    return Sentence(
        zh=f"转让登记待出口日期{zh_day(transferred_on)}晚于申请日{zh_day(applied_on)}；"
        "须先完成转让登记，再申请出口许可证。",
        en=f"The transfer date {en_day(transferred_on)} is later than the application date"
        f" {en_day(applied_on)}. The transfer must be registered before you apply.",
    )


def _no_rule(applied_on: date) -> Sentence:
    """Say that the rule did not exist on the day of the application."""
    return Sentence(
        zh=f"申请日{zh_day(applied_on)}尚无此项规定，不需要《售后维修服务确认书》。",
        en=f"This rule was not in force on {en_day(applied_on)}; no confirmation is needed.",
    )


def _explain(
    outcome: Outcome,
    *,
    days: int,
    applied_on: date,
    registered_on: date,
    transferred_on: date | None,
    free: date | None,
    terms: Terms,
) -> Sentence:
    """Say *outcome* with its day number and dates, so that a reader can check it by hand."""
    if outcome is Outcome.NOT_APPLICABLE:
        return _before_the_rule(applied_on, terms=terms)
    text = _CONCLUSIONS[outcome]
    since = transferred_on or applied_on
    limit = terms.last_day_number
    note = _edge_note(days, terms=terms)
    return Sentence(
        zh=f"申请日{zh_day(applied_on)}是注册登记日期{zh_day(registered_on)}之后的"
        f"第{days}天（须提交确认书的期限至第{limit}天），"
        + text.zh.format(transferred=zh_day(since))
        + (f"自{zh_day(free)}起申请不再需要。" if free and outcome in _WAITING_CURES else "")
        + note.zh,
        en=f"The application date {en_day(applied_on)} is day {days} after registration on"
        f" {en_day(registered_on)} (a confirmation is needed through day {limit}). "
        + text.en.format(transferred=en_day(since))
        + (f" From {en_day(free)} you need none." if free and outcome in _WAITING_CURES else "")
        + note.en,
    )


def _before_the_rule(applied_on: date, *, terms: Terms) -> Sentence:
    """Say that the application falls before the first day of the rule."""
    return Sentence(
        zh=f"申请日{zh_day(applied_on)}早于规定施行日{zh_day(terms.effective_from)}，"
        "不需要《售后维修服务确认书》。",
        en=f"The application date {en_day(applied_on)} is before the rule took effect on"
        f" {en_day(terms.effective_from)}; no confirmation is needed.",
    )


def _edge_note(days: int, *, terms: Terms) -> Sentence:
    """Tell how days are counted, but only where one day more or less would decide."""
    if abs(days - terms.window_days) > 1:
        return Sentence(zh="", en="")
    if terms.count_method is CountMethod.DIFFERENCE:
        return Sentence(
            zh="天数为两个日期之差，注册登记当日为第0天。",
            en=" Days are the difference of the two dates; the day of registration is day 0.",
        )
    return Sentence(
        zh="注册登记当日计为第1天。", en=" The day of registration is counted as day 1."
    )


_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_MISSING: Final = Sentence(
    zh="缺少注册登记日期，无法判断是否需要《售后维修服务确认书》；请按《机动车登记证书》填写。",
    en="The registration date is missing, so nobody can tell whether a confirmation is needed."
    " Enter it as printed on the registration certificate.",
)
_WAITING_CURES: Final = frozenset({Outcome.REQUIRED, Outcome.TRANSITION_UNPROVEN})
_CONCLUSIONS: Final = {
    Outcome.REQUIRED: Sentence(
        zh="须提交该车生产企业加盖公章的《售后维修服务确认书》；不能提供的，不予发放出口许可证。",
        en="You need the after-sales confirmation under the official seal of the vehicle's"
        " manufacturer; without it no export licence is issued.",
    ),
    Outcome.NOT_REQUIRED: Sentence(
        zh="已超过期限，不需要《售后维修服务确认书》。",
        en="That is past the limit, so no after-sales confirmation is needed.",
    ),
    Outcome.TRANSITION: Sentence(
        zh="但已于{transferred}、即规定施行前完成转让登记待出口，并经登记机关核实，"
        "不要求提交《售后维修服务确认书》。",
        en="But the transfer pending export was registered on {transferred}, before the rule took"
        " effect, and the registration authority confirms it: no confirmation is demanded.",
    ),
    Outcome.TRANSITION_UNPROVEN: Sentence(
        zh="材料显示已于{transferred}、即规定施行前完成转让登记待出口，但登记机关尚未核实；"
        "核实前不能按过渡安排办理。",
        en="The papers show a transfer pending export on {transferred}, before the rule took"
        " effect, but the registration authority has not confirmed it yet; until then the"
        " transition does not apply.",
    ),
}
