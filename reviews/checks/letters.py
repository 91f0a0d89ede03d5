"""Judge one manufacturer's letter, test by test, and pick the best of several.

Pure functions of a letter and the facts; the CNF checks put them into the table.

Source: enterprise guideline of 2025-12-11, part I(2): the listed manufacturer itself, under its
listed name, for this destination, these VINs and with outlets there.
"""

from collections.abc import Callable
from typing import Final, TypeAlias

from exports.identifiers import canonical_vin, looks_like
from exports.rules import Sentence
from reviews.checks.comparing import difference, same
from reviews.checks.model import (
    ConfirmationFacts,
    Facts,
    Judgement,
    Outcome,
    OutletFacts,
    attention,
    failed,
    passed,
)
from reviews.checks.promise import judge_promise, judge_word
from reviews.checks.sealing import judge_seal
from reviews.checks.signing import MAKER, SIGN_ITSELF, strange_signature

LetterTest: TypeAlias = Callable[[ConfirmationFacts, Facts], Judgement]

FORBIDDEN_ISSUERS: Final = {
    "sales": Sentence(zh="销售公司", en="a sales company"),
    "dealer": Sentence(zh="经销商", en="a dealer"),
    "refitter": Sentence(zh="改装车生产企业", en="a refitter"),
    "parent": Sentence(zh="母公司或集团", en="a parent company"),
    "overseas": Sentence(zh="境外销售单位", en="an overseas unit"),
}
NEAR_TWIN: Final = 2


def best_letter(facts: Facts) -> ConfirmationFacts | None:
    """Return the letter that names the VIN and has fewest faults, then doubts, then is latest."""

    def rank(letter: ConfirmationFacts) -> tuple[bool, int, int, int, str]:
        names_vin = judge_vin(letter, facts).outcome is Outcome.PASS
        outcomes = [test(letter, facts).outcome for test in LETTER_TESTS]
        age = -letter.issued_on.toordinal() if letter.issued_on else 0
        faults, doubts = outcomes.count(Outcome.FAIL), outcomes.count(Outcome.ATTENTION)
        return not names_vin, faults, doubts, age, letter.key

    return min((given for given in facts.confirmations if given.on_file), key=rank, default=None)


def judge_listing(letter: ConfirmationFacts, _facts: Facts) -> Judgement:
    """Judge the issuer's name against the announcement."""
    name = letter.issuer_name
    if not name:
        return attention(zh="未读出出具单位名称。", en="The issuer's name could not be read.")
    if letter.issued_on is None and (letter.listed_name_on_issue or letter.former_name):
        return attention(
            zh=f"确认书未载明出具日期，无法判断“{name}”当日是否列入公告。",
            en=f'The letter bears no date, so whether "{name}" was listed that day is unknown.',
            cure=Sentence(
                zh="请补填确认书的出具日期", en="Enter the day on which the letter was issued"
            ),
        )
    if letter.listed_name_on_issue:
        return passed(
            zh=f"“{name}”在出具日列入工业和信息化部道路机动车辆生产企业公告。",
            en=f'"{name}" was in the announcement of manufacturers on the day of issue.',
        )
    if letter.former_name:
        return _other_name(letter)
    return failed(
        zh=f"“{name}”未以该名称列入工业和信息化部道路机动车辆生产企业公告。",
        en=f'"{name}" is not in the announcement of manufacturers under that name.',
        cure=Sentence(
            zh="请由列入公告的该车生产企业以公告名称出具确认书",
            en="Have the listed manufacturer issue the confirmation under its listed name",
        ),
    )


def _other_name(letter: ConfirmationFacts) -> Judgement:
    """Ask for an eye on a name the unit bore before or after the day of issue."""
    name, listed = letter.issuer_name, letter.manufacturer_name
    if listed and listed != name:
        return attention(
            zh=f"“{name}”是公告企业的曾用名或后用名，出具日的公告名称为“{listed}”，请核对更名材料。",
            en=f'"{name}" is a former or later name; on the day of issue the announcement had'
            f' "{listed}". Check the proof of the change.',
        )
    return attention(
        zh=f"“{name}”在出具日之后才列入公告，请核对公告批次和更名材料。",
        en=f'"{name}" was listed only after the day of issue; check batch and proof.',
    )


def judge_kind(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Judge what kind of company the issuer is: the one printed, and the one that signed."""
    signed = strange_signature(letter, facts)
    signer = FORBIDDEN_ISSUERS.get(signed.unit_kind) if signed else None
    if signed and signer:
        return failed(
            zh=f"文件由“{signed.unit}”签名，该单位是{signer.zh}，无权出具确认书。",
            en=f'The file is signed by "{signed.unit}", {signer.en}, which may not issue the'
            " confirmation.",
            cure=SIGN_ITSELF,
        )
    if letter.issuer_kind == MAKER:
        return passed(zh="出具单位是生产企业。", en="The issuer is a manufacturer.")
    forbidden = FORBIDDEN_ISSUERS.get(letter.issuer_kind)
    if forbidden is None:
        return attention(
            zh="出具单位是否为生产企业尚不明确。",
            en="Whether the issuer is a manufacturer is unclear.",
        )
    return failed(
        zh=f"出具单位是{forbidden.zh}，无权出具确认书。",
        en=f"The issuer is {forbidden.en}, which may not issue the confirmation.",
        cure=Sentence(
            zh="请由该车生产企业本身出具并加盖公章",
            en="Have the manufacturer itself issue and seal the confirmation",
        ),
    )


def judge_maker(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Judge issuer against maker: equal, linked by a dated name, or another company."""
    issuer, maker = letter.issuer_name, facts.vehicle.maker_name
    if not issuer or not maker:
        return attention(
            zh="缺少出具单位或证书制造厂名称，无法核对。",
            en="The issuer or the manufacturer on the certificate is unknown.",
        )
    if same(issuer, maker):
        return passed(
            zh=f"出具单位与证书制造厂“{maker}”一致。",
            en=f'The issuer is the manufacturer on the certificate, "{maker}".',
        )
    if any(same(name, maker) for name in (letter.manufacturer_name, *letter.linked_names)):
        return attention(
            zh=f"出具单位“{issuer}”与证书制造厂“{maker}”名称不同但有关联，请核对更名或合并材料。",
            en=f'The issuer "{issuer}" is linked to "{maker}" under another name; check the proof.',
        )
    parted = difference(issuer, maker)
    return failed(
        zh=f"出具单位“{issuer}”不是证书制造厂“{maker}”：{parted.zh}。",
        en=f'The issuer "{issuer}" is not the manufacturer "{maker}": {parted.en}.',
        cure=Sentence(zh=f"请由“{maker}”出具确认书", en=f'Have "{maker}" issue the confirmation'),
    )


def judge_vin(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Look for exactly this VIN among the letter's lines; name a near twin if there is one."""
    vin = canonical_vin(facts.vehicle.vin)
    listed = [canonical_vin(line) for line in letter.vins]
    if not vin or not (listed or letter.vins_named):
        return attention(
            zh="未读出确认书中的车架号。", en="The VINs of the confirmation could not be read."
        )
    if vin in listed:
        return passed(zh="确认书列明该车架号。", en="The confirmation names this VIN.")
    cure = Sentence(
        zh="请由生产企业补充或更正列明该车架号的确认书",
        en="Have the manufacturer add or correct this VIN",
    )
    twin = min(listed, key=lambda line: (len(looks_like(vin, line)), line), default="")
    if not twin or len(looks_like(vin, twin)) > NEAR_TWIN:
        return failed(
            zh=f"确认书未列明车架号{vin}。", en=f"The confirmation does not name {vin}.", cure=cure
        )
    parted = difference(vin, twin)
    return failed(
        zh=f"确认书未列明车架号{vin}，最接近的是{twin}：{parted.zh}。",
        en=f"The confirmation does not name {vin}; the nearest is {twin}: {parted.en}.",
        cure=cure,
    )


def judge_destination(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Compare letter, application and contract; one of several countries needs an eye."""
    goal, contract = facts.application.destination, facts.application.contract_destination
    named = "、".join(letter.destinations)
    if not goal or not letter.destinations:
        return attention(
            zh="缺少申请的出口国别，或未读出确认书的出口国别。",
            en="The destination of the application or of the confirmation is unknown.",
        )
    if goal not in letter.destinations:
        return failed(
            zh=f"确认书出口国别为{named}，申请为{goal}。",
            en=f"The confirmation is for {named.replace('、', ', ')}, the application for {goal}.",
            cure=Sentence(
                zh="请由生产企业就该目的国重新出具确认书",
                en="Have the manufacturer issue a confirmation for this destination",
            ),
        )
    return _contract_destination(goal, contract, several=len(letter.destinations) > 1)


def _contract_destination(goal: str, contract: str, *, several: bool) -> Judgement:
    """Judge the contract's country where the letter already fits."""
    if not contract:
        return attention(
            zh="缺少合同的目的国，无法核对。", en="The contract's destination is unknown."
        )
    if contract != goal:
        return failed(
            zh=f"合同目的国为{contract}，申请为{goal}。",
            en=f"The contract is for {contract}, the application for {goal}.",
            cure=Sentence(
                zh="请更正申请或合同的目的国", en="Correct the destination of form or contract"
            ),
        )
    if several:
        return attention(
            zh=f"确认书列有多个国家，其中包括{goal}。",
            en=f"The confirmation names several countries, {goal} among them.",
        )
    return passed(
        zh=f"确认书、申请、合同的国别均为{goal}。",
        en=f"Confirmation, application and contract all name {goal}.",
    )


def judge_outlets(letter: ConfirmationFacts, facts: Facts) -> Judgement:
    """Judge the outlets named for the destination."""
    goal = facts.application.destination
    if not goal:
        return attention(zh="缺少出口国别。", en="The destination is unknown.")
    here = [outlet for outlet in letter.outlets if outlet.country == goal]
    if any(_is_complete(outlet) for outlet in here):
        return passed(
            zh=f"在{goal}有名称、地址、服务商齐全的售后网点。",
            en=f"At least one outlet in {goal} has name, address and provider.",
        )
    cure = Sentence(
        zh="请由生产企业补充目的国售后网点的名称、地址和服务商",
        en="Have the manufacturer add an outlet there with name, address and provider",
    )
    if here:
        return attention(
            zh=f"{goal}的售后网点缺少名称、地址或服务商。",
            en=f"The outlets in {goal} lack a name, an address or a provider.",
            cure=cure,
        )
    if any(outlet.country in facts.application.neighbours for outlet in letter.outlets):
        return attention(
            zh=f"仅在{goal}的邻国有售后网点。",
            en=f"There are outlets only in a country next to {goal}.",
            cure=cure,
        )
    return failed(zh=f"在{goal}没有售后网点。", en=f"No outlet is named in {goal}.", cure=cure)


def _is_complete(outlet: OutletFacts) -> bool:
    """Tell whether an outlet could be found and called upon."""
    return bool(outlet.name and outlet.address and outlet.provider)


LETTER_TESTS: Final[tuple[LetterTest, ...]] = (
    judge_listing,
    judge_kind,
    judge_maker,
    judge_vin,
    judge_destination,
    judge_outlets,
    judge_promise,
    judge_word,
    judge_seal,
)
