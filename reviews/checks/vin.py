"""VIN-01 to VIN-04: the number itself, its maker, its model year, its other uses."""

from datetime import date
from typing import Final

from exports.identifiers import Problem, check_vin, is_vin_shaped, model_years, wmi
from exports.rules import Sentence, en_day, zh_day
from reviews.checks.comparing import same
from reviews.checks.model import Facts, Judgement, attention, failed, passed, spared
from reviews.checks.registry import check
from reviews.checks.sources import GB_16735, GB_16737, ONE_BATCH

TRAILER: Final = "trailer"
IMPORTED: Final = "imported"
LOOK_ALIKES: Final = frozenset("IOQ")
COPY_VIN: Final = Sentence(
    zh="请按《机动车登记证书》逐位核对并更正车架号。",
    en="Compare the VIN character by character with the registration certificate and correct it.",
)


@check(
    "VIN-01",
    subject="vehicle",
    reads=("vehicle.vin", "vehicle.kind", "vehicle.origin"),
    title=Sentence(zh="车架号字符与校验码", en="VIN characters and check digit"),
    clause=GB_16735,
)
def vin_is_right(facts: Facts) -> Judgement:
    """Judge the number by itself; an odd one on a trailer or an import is for a person."""
    vehicle = facts.vehicle
    problem = check_vin(vehicle.vin).problem
    if problem is None:
        return passed(zh="车架号为17位，校验码正确。", en="17 characters and a right check digit.")
    said = problem.sentence
    if vehicle.kind == TRAILER or _is_doubt(problem, origin=vehicle.origin):
        return attention(said.zh, said.en, cure=COPY_VIN)
    return failed(said.zh, said.en, cure=COPY_VIN)


@check(
    "VIN-02",
    subject="vehicle",
    reads=(
        "vehicle.vin",
        "vehicle.kind",
        "vehicle.maker_name",
        "maker.wmi_names",
        "maker.wmi_doubt",
    ),
    title=Sentence(zh="车架号前缀与生产企业", en="VIN prefix and manufacturer"),
    clause=GB_16737,
)
def prefix_fits_the_maker(facts: Facts) -> Judgement:
    """Compare the prefix with the maker; never fail, because the table is not official."""
    vehicle, maker = facts.vehicle, facts.maker
    if vehicle.kind == TRAILER:
        return spared(zh="挂车不核对前缀。", en="The prefix of a trailer is not compared.")
    prefix, names = wmi(vehicle.vin), maker.wmi_names
    if not prefix or not names:
        return attention(
            zh=f"前缀“{prefix}”未收录，请人工核对生产企业。",
            en=f'The prefix "{prefix}" is not in the table; a person must compare the maker.',
        )
    known_zh, known_en = "、".join(names), ", ".join(names)
    if not any(same(vehicle.maker_name, name) for name in names):
        return attention(
            zh=f"前缀“{prefix}”登记为{known_zh}，证书上的生产企业为“{vehicle.maker_name}”，请核对。",
            en=f'The prefix "{prefix}" is listed for {known_en}; the certificate names'
            f' "{vehicle.maker_name}".',
        )
    if maker.wmi_doubt or len(names) > 1:
        return attention(
            zh=f"前缀“{prefix}”的归属（{known_zh}）为共用或尚未核实，请人工核对。",
            en=f'The owner of prefix "{prefix}" ({known_en}) is shared or unverified.',
        )
    return passed(
        zh=f"前缀“{prefix}”与生产企业{known_zh}一致。",
        en=f'The prefix "{prefix}" fits the manufacturer {known_en}.',
    )


@check(
    "VIN-03",
    subject="vehicle",
    reads=("vehicle.vin", "vehicle.origin", "vehicle.produced_on", "vehicle.registered_on"),
    title=Sentence(zh="车型年份", en="Model year"),
    clause=GB_16735,
)
def model_year_fits_the_dates(facts: Facts) -> Judgement:
    """Compare position 10 with the year of production, or of registration if that is unknown."""
    vehicle = facts.vehicle
    if vehicle.origin == IMPORTED:
        return spared(
            zh="进口车辆不按第10位判断年份。", en="Imported vehicles need not encode a model year."
        )
    day = vehicle.produced_on or vehicle.registered_on
    years = model_years(vehicle.vin) if is_vin_shaped(vehicle.vin) else ()
    if day is None or not years:
        return attention(
            zh="缺少出厂日期、注册登记日期或可识别的年份代码，无法核对车型年份。",
            en="No date, or no year code at position 10, to compare the model year with.",
        )
    return _compare_years(years, day=day, produced=vehicle.produced_on is not None)


@check(
    "VIN-04",
    subject="vehicle",
    reads=("vehicle.vin", "history"),
    title=Sentence(zh="车架号未重复使用", en="VIN used once"),
    clause=ONE_BATCH,
)
def vin_is_used_once(facts: Facts) -> Judgement:
    """Look for the VIN in other live applications and in earlier licences."""
    history = facts.history
    if history is None or not facts.vehicle.vin:
        return attention(
            zh="尚未查询该车架号的其他申请和许可证。",
            en="Other applications and licences of this VIN were not looked up.",
        )
    taken = history.live_elsewhere + history.used_licences
    if taken:
        return failed(
            zh=f"该车架号已在其他有效申请或已使用的许可证中：{'、'.join(taken)}。",
            en=f"This VIN is in another live application or a used licence: {', '.join(taken)}.",
            cure=Sentence(
                zh="请从本批中移除该车，或先撤回另一申请。",
                en="Take the vehicle out of this batch, or withdraw the other application first.",
            ),
        )
    if history.expired_licences:
        return attention(
            zh=f"该车架号曾列入未使用且已过期的许可证：{'、'.join(history.expired_licences)}。",
            en="This VIN was on a licence that expired unused:"
            f" {', '.join(history.expired_licences)}.",
        )
    return passed(zh="未发现重复使用。", en="No other use of this VIN was found.")


def _is_doubt(problem: Problem, *, origin: str) -> bool:
    """Tell a slip of the pen or a foreign custom from a plainly wrong number."""
    if problem.code == "vin_check_digit":
        return origin == IMPORTED
    return problem.code == "vin_character" and problem.found in LOOK_ALIKES


def _compare_years(years: tuple[int, ...], *, day: date, produced: bool) -> Judgement:
    """Judge the nearest year the code may mean against the year of *day*.

    Old stock is registered years after its model year, so an early code fails only
    against a known day of production.
    """
    year = min(years, key=lambda candidate: abs(candidate - day.year))
    gap = abs(year - day.year)
    zh = f"第10位表示{year}年款，{'出厂' if produced else '注册登记'}日期为{zh_day(day)}"
    en = (
        f"Position 10 means model year {year}; the vehicle was"
        f" {'produced' if produced else 'registered'} on {en_day(day)}"
    )
    if gap <= 1:
        return passed(zh=f"{zh}，相符。", en=f"{en}; they fit.")
    if gap == 2 or (not produced and year < day.year):
        return attention(zh=f"{zh}，相差{gap}年，请核对。", en=f"{en}, {gap} years apart.")
    return failed(zh=f"{zh}，相差{gap}年。", en=f"{en}, {gap} years apart.", cure=COPY_VIN)
