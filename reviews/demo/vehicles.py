"""Vehicles of the demonstration: real prefixes, invented serial numbers, planned mistakes."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any, Final

from exports.identifiers import CHECK_POSITION, check_digit
from exports.models import Exporter
from reviews.demo.cast import MAKER

YEARS: Final = "ABCDEFGHJKLMNPRSTVWXY123456789"
# A prime step through all serial numbers, so that no batch looks like one stretch of a line.
STEP: Final = 79_139
LAST_TRANSFER_SPARED: Final = date(2025, 12, 31)
LOOK_ALIKES: Final = (("8", "B"), ("5", "S"), ("2", "Z"), ("G", "6"), ("0", "D"))


@dataclass(frozen=True)
class Model:
    """A type of car: prefix, positions 4 to 8 of its VIN, and what its certificate says."""

    wmi: str
    descriptor: str
    maker_name: str
    brand: str
    name: str
    fuel: str = "petrol"
    hs_code: str = "870323"


BYD: Final = Model("LGX", "C74CG", MAKER, "比亚迪", "BYD7009BEV", "electric", "8703801090")
MODELS: Final = (
    BYD,
    Model("LGX", "CH6CD", MAKER, "比亚迪", "BYD7152WT6HEV", "plugin", "870360"),
    Model("LFV", "3A28K", "一汽-大众汽车有限公司", "大众", "FV7146BCDBG"),
    Model("LSV", "AB2BR", "上汽大众汽车有限公司", "大众", "SVW71515KV"),
    Model("LFM", "APE2C", "一汽丰田汽车有限公司", "丰田", "CA7187E6A", "hybrid", "870340"),
    Model("LVG", "BE40K", "广汽丰田汽车有限公司", "丰田", "GTM7201CHEV", "hybrid", "870340"),
    Model("LHG", "CR166", "广汽本田汽车有限公司", "本田", "HG7155DAC6"),
    Model("LVH", "RM385", "东风本田汽车有限公司", "本田", "DHW7153FRCRE"),
    Model("LGW", "EF6A5", "长城汽车股份有限公司", "哈弗", "CC6470UM26A"),
    Model("LVV", "DC21B", "奇瑞汽车股份有限公司", "奇瑞", "SQR7150T1E"),
    Model("LMG", "AC1G8", "广汽乘用车有限公司", "传祺", "GAC6450CHA6"),
    Model("LSJ", "A24U9", "上海汽车集团股份有限公司", "名爵", "CSA7154FDAB"),
    Model(
        "LRW",
        "3E7FA",
        "特斯拉（上海）有限公司",
        "特斯拉",
        "TSL7000BEVAR1",
        "electric",
        "8703801090",
    ),
    Model(
        "LZW",
        "ADAGA",
        "上汽通用五菱汽车股份有限公司",
        "五菱",
        "LZW7004EVA1C",
        "electric",
        "8703801090",
    ),
    Model("LBV", "TY720", "华晨宝马汽车有限公司", "宝马", "BMW6475AAHEV", "plugin", "870360"),
    Model("LE4", "ZG4CB", "北京奔驰汽车有限公司", "梅赛德斯-奔驰", "BJ7206ETL"),
)


@dataclass(frozen=True)
class Car:
    """A car as it is, as its exporter enters it, and as the registry answers (maybe not)."""

    true: dict[str, Any]
    entered: dict[str, Any]
    answer: dict[str, Any] | None


Spoil = Callable[[Car], Car]


class Garage:
    """Builds cars, never the same twice."""

    def __init__(self, chance: Random) -> None:
        """Draw every choice from *chance*."""
        self.chance = chance
        self.built = 0

    def build(self, model: Model, *, owner: Exporter, age: int, applied_on: date) -> Car:
        """Return a flawless car registered *age* days before *applied_on*."""
        registered_on = applied_on - timedelta(days=age)
        kept = int(age * self.chance.uniform(0.4, 0.9))
        return self.car(
            model,
            owner=owner,
            registered_on=registered_on,
            transferred_on=registered_on + timedelta(days=kept),
        )

    def build_spared(self, model: Model, *, owner: Exporter, applied_on: date) -> Car:
        """Return a young car whose transfer was registered before the rule began."""
        transferred_on = LAST_TRANSFER_SPARED - timedelta(days=self.chance.randint(0, 10))
        registered_on = max(
            transferred_on - timedelta(days=self.chance.randint(8, 90)),
            applied_on - timedelta(days=self.chance.randint(170, 180)),
        )
        return self.car(
            model,
            owner=owner,
            registered_on=min(registered_on, transferred_on),
            transferred_on=transferred_on,
        )

    def car(
        self, model: Model, *, owner: Exporter, registered_on: date, transferred_on: date
    ) -> Car:
        """Return a car with these dates and the rest drawn."""
        produced_on = registered_on - timedelta(days=self.chance.randint(12, 60))
        self.built += 1
        days = (transferred_on - registered_on).days
        true = {
            "vin": vin(model, year=produced_on.year, serial=self.built * STEP % 1_000_000),
            "brand": model.brand,
            "model": model.name,
            "maker_name": model.maker_name,
            "fuel": model.fuel,
            "hs_code": model.hs_code,
            "odometer_km": 60 + days * self.chance.randint(18, 60),
            "certificate_number": f"{self.chance.randrange(10**12):012d}",
            "owner_name": owner.name_zh,
            "owner_uscc": owner.uscc,
            "produced_on": produced_on,
            "registered_on": registered_on,
            "transferred_on": transferred_on,
        }
        return Car(true=true, entered=dict(true), answer=answer_about(true))


def vin(model: Model, *, year: int, serial: int) -> str:
    """Return a VIN with its check digit and the model year at position 10."""
    draft = f"{model.wmi}{model.descriptor}0{YEARS[(year - 1980) % 30]}A{serial:06d}"
    return draft[: CHECK_POSITION - 1] + check_digit(draft) + draft[CHECK_POSITION:]


def answer_about(true: dict[str, Any]) -> dict[str, Any]:
    """Return what the registry would answer about a car without encumbrances."""
    same = ("registered_on", "transferred_on", "owner_name", "owner_uscc", "brand", "model")
    clear = dict.fromkeys(("mortgaged", "seized", "stolen", "open_violations"), False)
    return {name: true[name] for name in same} | clear


def entering(car: Car, **facts: Any) -> Car:
    """Return *car* with *facts* entered wrongly."""
    return replace(car, entered=car.entered | facts)


def answering(car: Car, **facts: Any) -> Car:
    """Return *car* with *facts* in the registry's answer."""
    return replace(car, answer=(car.answer or {}) | facts)


def as_it_is(car: Car) -> Car:
    """Return *car* unspoilt."""
    return car


def silenced(car: Car) -> Car:
    """Return *car* without an answer of the registry."""
    return replace(car, answer=None)


def without_date(car: Car) -> Car:
    """Leave the registration date out."""
    return entering(car, registered_on=None)


def out_of_order(car: Car) -> Car:
    """Enter a transfer before the registration."""
    return entering(car, transferred_on=car.true["registered_on"] - timedelta(days=9))


def with_wrong_digit(car: Car) -> Car:
    """Enter a VIN whose check digit is off by one."""
    right = car.true["vin"]
    wrong = "0123456789X"[("0123456789X".index(right[CHECK_POSITION - 1]) + 1) % 11]
    return entering(car, vin=right[: CHECK_POSITION - 1] + wrong + right[CHECK_POSITION:])


def with_look_alike(car: Car) -> Car:
    """Enter a VIN with one sign misread for its look-alike."""
    return entering(car, vin=misread(car.true["vin"]))


def misread(right: str) -> str:
    """Return *right* with its last easily confused sign exchanged."""
    twins = {**dict(LOOK_ALIKES), **{other: one for one, other in LOOK_ALIKES}}
    at = max((place for place in range(11, 17) if right[place] in twins), default=None)
    if at is None:
        return right[:-1] + str((int(right[-1]) + 1) % 10)
    return right[:at] + twins[right[at]] + right[at + 1 :]


def with_earlier_date(car: Car) -> Car:
    """Enter a registration date a month earlier than the registry knows it."""
    early = car.true["registered_on"] - timedelta(days=31)
    return entering(car, registered_on=early, produced_on=early - timedelta(days=20))


def with_other_model(car: Car) -> Car:
    """Enter the model with its last sign wrong."""
    return entering(car, model=car.true["model"][:-1] + "X")


def mortgaged(car: Car) -> Car:
    """Let the registry know of a mortgage."""
    return answering(car, mortgaged=True)


def of_another_owner(car: Car) -> Car:
    """Let the certificate name somebody else."""
    return entering(car, owner_name="示例汽车租赁有限公司", owner_uscc="")


SPOILS: Final[dict[str, Spoil]] = {
    "none": as_it_is,
    "silent": silenced,
    "unproven": silenced,
    "missing": without_date,
    "impossible": out_of_order,
    "digit": with_wrong_digit,
    "lookalike": with_look_alike,
    "date": with_earlier_date,
    "model": with_other_model,
    "mortgaged": mortgaged,
    "owner": of_another_owner,
}
