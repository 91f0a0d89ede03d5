"""EXP-01 to EXP-04: whether this company may apply, and applies for itself."""

from datetime import date
from typing import Final

from exports.identifiers import check_uscc
from exports.rules import Sentence, en_day, zh_day
from reviews.checks.comparing import difference, same
from reviews.checks.model import Facts, Judgement, attention, failed, passed
from reviews.checks.registry import check
from reviews.checks.sources import ANNOUNCEMENT_6, GB_32100, NOTICE_1_3, OWN_APPLICANT

SOON_DAYS: Final = 30
RENEW_FILING: Final = Sentence(
    zh="请先向所在地商务主管部门办理或重新办理二手车出口备案。",
    en="File, or file again, as a used-car exporter with the commerce department first.",
)
OWN_NAME: Final = Sentence(
    zh="发货人应为出口企业本身，请按备案信息填写名称和统一社会信用代码。",
    en="The consignor must be the exporter itself; enter name and credit code as filed.",
)
WATCHED: Final = {
    "watch": Sentence(zh="关注", en="watched"),
    "talk": Sentence(zh="约谈", en="called in for a talk"),
    "correction": Sentence(zh="责令整改", en="ordered to correct"),
}
BARRED: Final = {
    "suspended": Sentence(zh="停止受理", en="suspended"),
    "exited": Sentence(zh="已退出", en="exited"),
}


@check(
    "EXP-01",
    subject="application",
    reads=(
        "exporter.filing_number",
        "exporter.filed_on",
        "exporter.filing_expires_on",
        "application.applied_on",
    ),
    title=Sentence(zh="备案有效", en="Filing in force"),
    clause=ANNOUNCEMENT_6,
)
def filing_is_in_force(facts: Facts) -> Judgement:
    """Judge the exporter's filing on the application date."""
    exporter, applied_on = facts.exporter, facts.application.applied_on
    if not exporter.filing_number:
        return failed(
            zh="没有二手车出口备案。", en="There is no filing as an exporter.", cure=RENEW_FILING
        )
    start, end = exporter.filed_on, exporter.filing_expires_on
    if start is None or end is None or applied_on is None:
        return attention(
            zh="缺少备案起止日期或申请日，无法核对。",
            en="The term of the filing or the application date is unknown.",
        )
    return _judge_term(start, end, applied_on=applied_on)


@check(
    "EXP-02",
    subject="application",
    reads=("exporter.uscc", "exporter.abnormal"),
    title=Sentence(zh="统一社会信用代码", en="Credit code"),
    clause=GB_32100,
)
def credit_code_is_right(facts: Facts) -> Judgement:
    """Judge the code's check character and the company's business record."""
    problem = check_uscc(facts.exporter.uscc).problem
    cure = Sentence(
        zh="请按营业执照更正统一社会信用代码。", en="Correct the code as on the business licence."
    )
    if problem is not None and problem.code == "uscc_prefix":
        return attention(problem.sentence.zh, problem.sentence.en)
    if problem is not None:
        return failed(problem.sentence.zh, problem.sentence.en, cure=cure)
    if facts.exporter.abnormal:
        return attention(
            zh="企业列入经营异常名录。", en="The company is on the list of abnormal operations."
        )
    return passed(zh="代码校验正确。", en="The check character is right.")


@check(
    "EXP-03",
    subject="application",
    reads=(
        "exporter.name",
        "exporter.uscc",
        "application.consignor_name",
        "application.consignor_uscc",
    ),
    title=Sentence(zh="出口企业即发货人", en="Exporter is the consignor"),
    clause=OWN_APPLICANT,
)
def exporter_is_the_consignor(facts: Facts) -> Judgement:
    """Demand that the exporter applies for its own goods; there is no middle way."""
    exporter, form = facts.exporter, facts.application
    pairs = ((exporter.uscc, form.consignor_uscc), (exporter.name, form.consignor_name))
    if not all(one and other for one, other in pairs):
        return failed(
            zh="缺少出口企业或发货人的名称、代码。",
            en="Name or credit code of exporter or consignor is missing.",
            cure=OWN_NAME,
        )
    for one, other in pairs:
        if not same(one, other):
            parted = difference(one, other)
            return failed(
                zh=f"发货人不是出口企业：{parted.zh}。",
                en=f"The consignor is not the exporter: {parted.en}.",
                cure=OWN_NAME,
            )
    return passed(zh="发货人与出口企业一致。", en="The consignor is the exporter.")


@check(
    "EXP-04",
    subject="application",
    reads=("exporter.standing",),
    title=Sentence(zh="信用状态", en="Credit state"),
    clause=NOTICE_1_3,
)
def standing_is_good(facts: Facts) -> Judgement:
    """Judge the credit state: only stopped or exited companies are refused."""
    standing = facts.exporter.standing
    if standing in BARRED:
        said = BARRED[standing]
        return failed(
            zh=f"企业信用状态为“{said.zh}”，不予受理。",
            en=f"The exporter is {said.en}; its applications are not accepted.",
            cure=Sentence(
                zh="请向所在地商务主管部门申请恢复或重新备案。",
                en="Ask the commerce department to restore the filing, or file anew.",
            ),
        )
    if standing == "normal":
        return passed(zh="企业信用状态正常。", en="The exporter's credit state is normal.")
    said = WATCHED.get(standing, Sentence(zh="不明", en="in an unknown state"))
    return attention(
        zh=f"企业信用状态为“{said.zh}”，由审核人员酌情处理。",
        en=f"The exporter is {said.en}; the officer weighs it.",
    )


def _judge_term(start: date, end: date, *, applied_on: date) -> Judgement:
    """Judge an application date against the first and last day of a filing."""
    if applied_on < start:
        return failed(
            zh=f"备案自{zh_day(start)}起生效，晚于申请日。",
            en=f"The filing begins on {en_day(start)}, after the application date.",
            cure=RENEW_FILING,
        )
    left = (end - applied_on).days
    if left < 0:
        return failed(
            zh=f"备案已于{zh_day(end)}到期。",
            en=f"The filing ended on {en_day(end)}.",
            cure=RENEW_FILING,
        )
    if left <= SOON_DAYS:
        return attention(
            zh=f"备案将于{zh_day(end)}到期，剩余{left}天，请及时重新备案。",
            en=f"The filing ends on {en_day(end)}, in {left} days; it should be renewed.",
        )
    return passed(zh=f"备案有效期至{zh_day(end)}。", en=f"The filing is valid until {en_day(end)}.")
