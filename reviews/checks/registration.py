"""REG-01 to REG-05: the registration certificate against the registry and the filing."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import Final

from exports.rules import NOTICE_1_2, Sentence, en_day, zh_day
from reviews.checks.comparing import difference, same
from reviews.checks.model import (
    Facts,
    Judgement,
    Outcome,
    attention,
    failed,
    passed,
)
from reviews.checks.registry import check
from reviews.checks.sources import ANNOUNCEMENT_6
from reviews.clocks import add_months

OLD_STOCK_MONTHS: Final = 24
CORRECT: Final = Sentence(
    zh="请按《机动车登记证书》更正，或向登记机关更正登记信息后重新提交。",
    en="Correct the entry as on the registration certificate, or have the registry's record"
    " corrected, and file again.",
)
REGISTERED: Final = Sentence(zh="注册登记日期", en="registration date")
TRANSFERRED: Final = Sentence(zh="转让登记待出口日期", en="date of transfer pending export")


@check(
    "REG-01",
    subject="vehicle",
    reads=("vehicle.registered_on", "registry.registered_on"),
    title=Sentence(zh="注册登记日期与登记机关一致", en="Registration date as the registry has it"),
    clause=NOTICE_1_2,
)
def registration_date_is_the_registrys(facts: Facts) -> Judgement:
    """Compare the registration date on the certificate with the registry's."""
    known = facts.registry.registered_on if facts.registry else None
    return _compare_dates(facts.vehicle.registered_on, known, name=REGISTERED)


@check(
    "REG-02",
    subject="vehicle",
    reads=("vehicle.transferred_on", "registry.transferred_on"),
    title=Sentence(zh="转让登记待出口与登记机关一致", en="Transfer as the registry has it"),
    clause=NOTICE_1_2,
)
def transfer_date_is_the_registrys(facts: Facts) -> Judgement:
    """Compare the entry 'transfer pending export' with the registry's."""
    known = facts.registry.transferred_on if facts.registry else None
    return _compare_dates(facts.vehicle.transferred_on, known, name=TRANSFERRED)


@check(
    "REG-03",
    subject="vehicle",
    reads=(
        "vehicle.owner_name",
        "vehicle.owner_uscc",
        "exporter.name",
        "exporter.uscc",
        "exporter.former_names",
    ),
    title=Sentence(zh="证书所有人为出口企业", en="Owner on the certificate is the exporter"),
    clause=ANNOUNCEMENT_6,
)
def owner_is_the_exporter(facts: Facts) -> Judgement:
    """Compare name and credit code of the owner with the exporter's filing."""
    vehicle, exporter = facts.vehicle, facts.exporter
    owner = vehicle.owner_name
    if not owner or not exporter.name:
        return _owner_unknown()
    if vehicle.owner_uscc and not same(vehicle.owner_uscc, exporter.uscc):
        return _owner_differs(difference(vehicle.owner_uscc, exporter.uscc))
    if same(owner, exporter.name):
        return _owner_equal() if vehicle.owner_uscc else _owner_without_code()
    if any(same(owner, name) for name in exporter.former_names):
        return attention(
            zh=f"证书所有人“{owner}”是出口企业的曾用名，请核对更名材料。",
            en=f'The owner "{owner}" is a former name of the exporter; check the proof.',
        )
    return _owner_differs(difference(owner, exporter.name))


@check(
    "REG-04",
    subject="vehicle",
    reads=("vehicle.brand", "vehicle.model", "registry.brand", "registry.model"),
    title=Sentence(zh="品牌、型号一致", en="Brand and model equal"),
    clause=NOTICE_1_2,
)
def brand_and_model_are_equal(facts: Facts) -> Judgement:
    """Compare brand and model with the registry's, character by character."""
    vehicle, registry = facts.vehicle, facts.registry
    if not vehicle.brand or not vehicle.model:
        return failed(zh="缺少品牌或型号。", en="The brand or the model is missing.", cure=CORRECT)
    if registry is None or not registry.brand or not registry.model:
        return _silent(Sentence(zh="品牌、型号", en="brand and model"))
    brand = _compare_texts(vehicle.brand, registry.brand, name=Sentence(zh="品牌", en="brand"))
    model = _compare_texts(vehicle.model, registry.model, name=Sentence(zh="型号", en="model"))
    return max(brand, model, key=lambda judgement: _GRAVITY[judgement.outcome])


@check(
    "REG-05",
    subject="vehicle",
    reads=(
        "vehicle.produced_on",
        "vehicle.registered_on",
        "vehicle.transferred_on",
        "application.applied_on",
    ),
    title=Sentence(zh="日期先后顺序", en="Order of dates"),
    clause=NOTICE_1_2,
)
def dates_are_in_order(facts: Facts) -> Judgement:
    """Demand production, registration, transfer and application in this order."""
    vehicle = facts.vehicle
    steps = [
        (Sentence(zh="出厂日期", en="production date"), vehicle.produced_on),
        (REGISTERED, vehicle.registered_on),
        (TRANSFERRED, vehicle.transferred_on),
        (Sentence(zh="申请日", en="application date"), facts.application.applied_on),
    ]
    known = [(name, day) for name, day in steps if day is not None]
    reversed_pair = _first_reversal(known)
    if reversed_pair is not None:
        return failed(reversed_pair.zh, reversed_pair.en, cure=CORRECT)
    missing = [name for name, day in steps if day is None]
    if missing:
        return attention(
            zh=f"缺少{'、'.join(name.zh for name in missing)}，无法核对先后顺序。",
            en=f"Missing, so the order cannot be checked: {', '.join(n.en for n in missing)}.",
            cure=CORRECT,
        )
    return _odd_dates([day for _, day in known])


def _compare_dates(day: date | None, known: date | None, *, name: Sentence) -> Judgement:
    """Judge one date of the certificate against the registry's answer."""
    if day is None:
        return failed(zh=f"缺少{name.zh}。", en=f"The {name.en} is missing.", cure=CORRECT)
    if known is None:
        return _silent(name)
    if day == known:
        return passed(
            zh=f"{name.zh}{zh_day(day)}与登记机关一致。",
            en=f"The {name.en} {en_day(day)} equals the registry's.",
        )
    return failed(
        zh=f"{name.zh}填报为{zh_day(day)}，登记机关记录为{zh_day(known)}。",
        en=f"The {name.en} is given as {en_day(day)}, but the registry has {en_day(known)}.",
        cure=CORRECT,
    )


def _silent(name: Sentence) -> Judgement:
    """Say that the registry has not answered, which proves nothing either way."""
    return attention(
        zh=f"登记机关尚未答复{name.zh}，请人工核对。",
        en=f"The registration authority has not answered on the {name.en}; a person must compare.",
    )


def _compare_texts(entered: str, known: str, *, name: Sentence) -> Judgement:
    """Judge one text: equal, different only in writing, or different."""
    if entered == known:
        return passed(zh="品牌、型号与登记机关一致。", en="Brand and model equal the registry's.")
    if same(entered, known):
        return attention(
            zh=f"{name.zh}“{entered}”与“{known}”仅全半角、空格、连字符或大小写不同。",
            en=f'The {name.en} "{entered}" differs from "{known}" only in width, spaces, hyphens'
            " or case.",
            cure=CORRECT,
        )
    parted = difference(entered, known)
    return failed(
        zh=f"{name.zh}“{entered}”与登记机关“{known}”不一致：{parted.zh}。",
        en=f'The {name.en} "{entered}" is not the registry\'s "{known}": {parted.en}.',
        cure=CORRECT,
    )


def _owner_equal() -> Judgement:
    """Say that owner and exporter are one."""
    return passed(
        zh="证书所有人与出口企业名称、代码一致。",
        en="Owner and exporter have the same name and credit code.",
    )


def _owner_without_code() -> Judgement:
    """Say that only the names could be compared."""
    return attention(
        zh="名称一致，但未填所有人统一社会信用代码，请人工核对。",
        en="The names are equal, but the owner's credit code was not given.",
    )


def _owner_unknown() -> Judgement:
    """Say that there is nothing to compare."""
    return failed(
        zh="缺少证书所有人或出口企业名称。",
        en="The owner on the certificate or the exporter's name is missing.",
        cure=CORRECT,
    )


def _owner_differs(parted: Sentence) -> Judgement:
    """Say that somebody else owns the vehicle."""
    return failed(
        zh=f"证书所有人不是出口企业：{parted.zh}。",
        en=f"The owner on the certificate is not the exporter: {parted.en}.",
        cure=Sentence(
            zh="须先将车辆转让登记至出口企业名下，再申请出口许可证。",
            en="Register the transfer of the vehicle to the exporter before applying.",
        ),
    )


def _first_reversal(known: Sequence[tuple[Sentence, date]]) -> Sentence | None:
    """Name the first pair of neighbouring dates that stand the wrong way round."""
    for (early, one), (late, other) in pairwise(known):
        if one > other:
            return Sentence(
                zh=f"{early.zh}{zh_day(one)}晚于{late.zh}{zh_day(other)}。",
                en=f"The {early.en} {en_day(one)} is later than the {late.en} {en_day(other)}.",
            )
    return None


def _odd_dates(days: Sequence[date]) -> Judgement:
    """Judge four dates in order: equal ones and long storage are lawful but odd."""
    produced, registered, transferred, _applied = days
    if registered in {produced, transferred}:
        return attention(
            zh="出厂、注册登记、转让登记中有同日办理的情况，请留意。",
            en="Production, registration or transfer fall on one day, which is unusual.",
        )
    if registered > add_months(produced, OLD_STOCK_MONTHS):
        return attention(
            zh=f"出厂超过{OLD_STOCK_MONTHS}个月后才注册登记（库存车），无法律影响。",
            en=f"Registered more than {OLD_STOCK_MONTHS} months after production (old stock);"
            " no legal effect.",
        )
    return passed(
        zh="出厂、注册登记、转让登记、申请的先后顺序正确。",
        en="Production, registration, transfer and application follow in order.",
    )


_GRAVITY: Final = {Outcome.PASS: 0, Outcome.ATTENTION: 1, Outcome.FAIL: 2}
