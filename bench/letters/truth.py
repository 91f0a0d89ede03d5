"""Invent letters: what they say, before anybody draws them."""

import random
from dataclasses import dataclass
from datetime import date, timedelta

from exports.identifiers import check_digit

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
COUNTRIES = (
    ("KZ", "哈萨克斯坦", "Kazakhstan"),
    ("RU", "俄罗斯联邦", "Russia"),
    ("UZ", "乌兹别克斯坦", "Uzbekistan"),
    ("KG", "吉尔吉斯斯坦", "Kyrgyzstan"),
    ("AE", "阿拉伯联合酋长国", "United Arab Emirates"),
    ("MN", "蒙古", "Mongolia"),
    ("GE", "格鲁吉亚", "Georgia"),
    ("AZ", "阿塞拜疆", "Azerbaijan"),
    ("NG", "尼日利亚", "Nigeria"),
    ("MX", "墨西哥", "Mexico"),
)
EXPORTERS = (
    "天津海河汽车进出口有限公司",
    "霍尔果斯丝路汽车贸易有限公司",
    "广州南沙国际汽车贸易有限公司",
    "满洲里北疆进出口有限公司",
)
SIGNS = "ABCDEFGHJKLMNPRSTUVWXYZ0123456789"


@dataclass(frozen=True)
class Truth:
    """What one letter says, and what seal is on it."""

    number: str
    maker: str
    issuer: str
    country: tuple[str, str, str]
    exporter: str
    vehicles: tuple[tuple[str, str, str, date], ...]
    outlets: tuple[tuple[str, str, str, str, str], ...]
    issued_on: date
    valid_until: date
    seal: str  # official, contract, business, none


def invent(dice: random.Random) -> Truth:
    """Return a letter as a maker might write it."""
    maker, wmi = dice.choice(MAKERS)
    country = dice.choice(COUNTRIES)
    issued = date(2026, 1, 5) + timedelta(days=dice.randrange(300))
    count = dice.choice([1, 1, 2, 3, 5, 8, 12, 20, 32])
    return Truth(
        number=f"{dice.choice('ABCFGJ')}{dice.choice('SHXYZQ')}-2026-{dice.randrange(1, 9999):04d}",
        maker=maker,
        issuer=maker,
        country=country,
        exporter=dice.choice(EXPORTERS),
        vehicles=tuple(vehicle(dice, wmi) for _ in range(count)),
        outlets=tuple(outlet(dice, country, n) for n in range(dice.choice([1, 1, 2, 3]))),
        issued_on=issued,
        valid_until=issued + timedelta(days=dice.choice([90, 180, 365])),
        seal=dice.choices(["official", "contract", "business", "none"], [70, 8, 7, 15])[0],
    )


def vehicle(dice: random.Random, wmi: str) -> tuple[str, str, str, date]:
    body = "".join(dice.choice(SIGNS) for _ in range(5))
    plant = dice.choice("ABCDEFGH0123456789")
    draft = f"{wmi}{body}0{dice.choice('STV')}{plant}{dice.randrange(1_000_000):06d}"
    vin = draft[:8] + check_digit(draft) + draft[9:]
    model = f"{dice.choice(['BYD', 'SQR', 'SC', 'CC', 'HFC'])}{dice.randrange(6000, 7999)}" + (
        dice.choice(["WT6HEV", "AEV", "SHEV", "T19", ""])
    )
    return vin, dice.choice(BRANDS), model, date(2025, 9, 1) + timedelta(days=dice.randrange(300))


def outlet(
    dice: random.Random, country: tuple[str, str, str], number: int
) -> tuple[str, str, str, str, str]:
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
