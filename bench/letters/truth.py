"""Invent letters: what they say, before anybody draws them."""

import csv
import random
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from exports.identifiers import check_digit

Country = tuple[str, str, str]
Vehicle = tuple[str, str, str, date]
Outlet = tuple[str, str, str, str, str]

MAKERS = (
    ("比亚迪汽车有限公司", "LGX"),
    ("奇瑞汽车股份有限公司", "LVV"),
    ("重庆长安汽车股份有限公司", "LS5"),
    ("长城汽车股份有限公司", "LGW"),
    ("安徽江淮汽车集团股份有限公司", "LJ1"),
    ("广汽乘用车有限公司", "LMG"),
    ("东风汽车集团股份有限公司", "LGJ"),
    ("浙江豪情汽车制造有限公司", "L6T"),
    ("上汽大众汽车有限公司", "LSV"),
    ("赛力斯汽车有限公司", "LM8"),
)
BRANDS = ("比亚迪牌", "奇瑞牌", "长安牌", "哈弗牌", "江淮牌", "传祺牌", "东风牌", "吉利牌")
# Companies nobody listed: their names must be read sign by sign.
STRANGERS = (
    ("江西志骋汽车有限责任公司", "LUD"),
    ("合众新能源汽车股份有限公司", "LUZ"),
    ("湖北大运汽车有限公司", "LGA"),
)
LEGAL_FORM = re.compile("(?:集团)?(?:制造)?(?:股份)?有限(?:责任)?公司$")
BRANCHES = ("销售有限公司", "国际贸易有限公司", "进出口有限公司")
EXPORTERS = (
    "天津海河汽车进出口有限公司",
    "霍尔果斯丝路汽车贸易有限公司",
    "广州南沙国际汽车贸易有限公司",
    "满洲里北疆进出口有限公司",
)
FREQUENT = ("KZ", "RU", "UZ", "KG", "AE", "MN", "GE", "AZ", "NG", "MX")
COUNTS = (1, 1, 1, 1, 2, 2, 3, 3, 4, 5, 5, 6, 8, 8, 10, 12, 15, 20, 32, 60)
SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Truth:
    """What one letter says, and what seal is on it."""

    number: str
    maker: str
    issuer: str
    countries: tuple[Country, ...]
    exporter: str
    vehicles: tuple[Vehicle, ...]
    outlets: tuple[Outlet, ...]
    issued_on: date
    valid_until: date
    seal: str  # official, contract, business, none


def destinations() -> tuple[Country, ...]:
    """Return code, Chinese and English name of every destination that ships."""
    path = Path(__file__).resolve().parents[2] / "exports" / "data" / "destinations.csv"
    with path.open(encoding="utf-8") as rows:
        return tuple((r["iso2"], r["name_zh"], r["name_en"]) for r in csv.DictReader(rows))


COUNTRIES = destinations()


def invent(dice: random.Random) -> Truth:
    """Return a letter as a maker, or the company that sells for it, might write it."""
    maker, wmi = dice.choice(MAKERS) if dice.random() < 0.85 else dice.choice(STRANGERS)
    issuer = maker
    if dice.random() < 0.2:
        issuer = LEGAL_FORM.sub("", maker) + dice.choice(BRANCHES)
    countries = some_countries(dice)
    issued = date(2026, 1, 5) + timedelta(days=dice.randrange(300))
    count = dice.choice(COUNTS)
    each = dice.choice([1, 1, 2, 3]) if len(countries) == 1 else 1
    places = [country for country in countries for _ in range(each)]
    return Truth(
        number=f"{dice.choice('ABCFGJ')}{dice.choice('SHXYZQ')}-2026-{dice.randrange(1, 9999):04d}",
        maker=maker,
        issuer=issuer,
        countries=countries,
        exporter=dice.choice(EXPORTERS),
        vehicles=tuple(vehicle(dice, wmi) for _ in range(count)),
        outlets=tuple(outlet(dice, country, n) for n, country in enumerate(places)),
        issued_on=issued,
        valid_until=issued + timedelta(days=dice.choice([90, 180, 365])),
        seal=dice.choices(["official", "contract", "business", "none"], [70, 8, 7, 15])[0],
    )


def some_countries(dice: random.Random) -> tuple[Country, ...]:
    """Return mostly one country, mostly a frequent one."""
    frequent = [country for country in COUNTRIES if country[0] in FREQUENT]
    count = dice.choice([1, 1, 1, 1, 1, 2, 3])
    return tuple(dice.sample(frequent if dice.random() < 0.6 else COUNTRIES, count))


def vehicle(dice: random.Random, wmi: str) -> Vehicle:
    body = "".join(dice.choice(SIGNS) for _ in range(5))
    plant = dice.choice("ABCDEFGH0123456789")
    draft = f"{wmi}{body}0{dice.choice('STV')}{plant}{dice.randrange(1_000_000):06d}"
    vin = draft[:8] + check_digit(draft) + draft[9:]
    model = f"{dice.choice(['BYD', 'SQR', 'SC', 'CC', 'HFC'])}{dice.randrange(6000, 7999)}" + (
        dice.choice(["WT6HEV", "AEV", "SHEV", "T19", ""])
    )
    return vin, dice.choice(BRANDS), model, date(2025, 9, 1) + timedelta(days=dice.randrange(300))


def outlet(dice: random.Random, country: Country, number: int) -> Outlet:
    name = f"{dice.choice(['Silk Road', 'Steppe', 'Orient', 'Polar'])} Auto Service {number + 1}"
    street = f"{dice.choice(['Abay Avenue', 'Lenin Street', 'Ring Road', 'Port Road'])}"
    phone = f"+{dice.randrange(1, 998)} {dice.randrange(100, 999)} {dice.randrange(1000, 9999)}"
    return (
        f"{country[1]} {country[2]}",
        name,
        f"{street} {dice.randrange(1, 220)}",
        f"{country[2]} Motors",
        phone,
    )
