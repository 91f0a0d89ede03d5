"""The people and companies of the demonstration. Every company but the makers is invented."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import chain
from typing import Any, Final

from django.contrib.auth.hashers import make_password

from exports.models import (
    Exporter,
    Manufacturer,
    ManufacturerName,
    Ministry,
    Office,
    Role,
    User,
)
from exports.registration import (
    admit,
    register_exporter,
    register_manufacturer,
    register_office,
)
from exports.rules import legal_day

PASSWORD: Final = "chuguan-demo-2026"  # noqa: S105 - the demonstration prints it
DOMAIN: Final = "chuguan.example"
MAKER: Final = "比亚迪汽车有限公司"
SALES_COMPANY: Final = "比亚迪汽车销售有限公司"
DEALER: Final = "天津示例汽车贸易有限公司"
# (code, Chinese, English, level, province, parent)
OFFICES: Final = (
    ("mofcom", "商务部", "Ministry of Commerce", "national", "", ""),
    ("tianjin", "天津市商务局", "Tianjin Commission of Commerce", "province", "天津市", "mofcom"),
    (
        "xinjiang",
        "新疆维吾尔自治区商务厅",
        "Xinjiang Department of Commerce",
        "province",
        "新疆维吾尔自治区",
        "mofcom",
    ),
    (
        "guangdong",
        "广东省商务厅",
        "Guangdong Department of Commerce",
        "province",
        "广东省",
        "mofcom",
    ),
    ("zhejiang", "浙江省商务厅", "Zhejiang Department of Commerce", "province", "浙江省", "mofcom"),
    ("ningbo", "宁波市商务局", "Ningbo Bureau of Commerce", "city", "浙江省", "zhejiang"),
)
# (office, city in Chinese, city in English, first digits of the credit code)
SEATS: Final = (
    ("tianjin", "天津", "Tianjin", "91120116"),
    ("xinjiang", "乌鲁木齐", "Urumqi", "91650100"),
    ("guangdong", "广州", "Guangzhou", "91440115"),
    ("zhejiang", "杭州", "Hangzhou", "91330100"),
    ("ningbo", "宁波", "Ningbo", "91330200"),
    ("tianjin", "天津滨海", "Tianjin Binhai", "91120118"),
    ("xinjiang", "霍尔果斯", "Khorgos", "91654004"),
)
WORDS: Final = (("远航", "Yuanhang"), ("丝路", "Silu"), ("长风", "Changfeng"), ("驼铃", "Tuoling"))
# How the last companies differ from a company in good order.
ODDITIES: Final[tuple[dict[str, Any], ...]] = (
    {"standing": "watch"},
    {"standing": "correction"},
    {"abnormal_operation": True},
    {"term": 14},
    {"term": 25},
    {"term": -16},
    {"term": -40},
    {"standing": "suspended"},
)
BARRED: Final = 3
# Companies 19 and 20: their filing began with the rule, whenever the demonstration runs.
VETERANS: Final = slice(18, 20)
SURNAMES: Final = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗"
GIVEN: Final = ("敏", "伟", "静", "磊", "晓雯", "建国", "丽娜", "志强", "思远", "海燕", "文博")


@dataclass(frozen=True)
class Company:
    """An exporter and those who act for it."""

    exporter: Exporter
    owner: User
    clerk: User


@dataclass(frozen=True)
class Desk:
    """The people of one office who work on cases."""

    reviewers: tuple[User, ...]
    seniors: tuple[User, ...]


@dataclass(frozen=True)
class Cast:
    """Everybody on stage. The first company and its office are those one signs in as.

    *veterans* had their filing when the rule began; *barred* may not export at present.
    *ministries* holds the officer of each other ministry, by its code.
    """

    good: tuple[Company, ...]
    barred: tuple[Company, ...]
    veterans: tuple[Company, ...]
    desks: dict[int, Desk]
    officer: User
    ministries: dict[str, User]


class Hirer:
    """Admits people: each gets the next name, an address at the demo's domain, one password."""

    def __init__(self, *, at: datetime) -> None:
        self.at = at
        self.password_hash = make_password(PASSWORD)
        self.names = (surname + given for given in GIVEN for surname in SURNAMES)

    def person(self, organisation: Any, role: Role, address: str, **fields: Any) -> User:
        """Admit one person to *organisation*."""
        return admit(
            organisation,
            role=role,
            email=f"{address}@{DOMAIN}",
            name=next(self.names),
            by=None,
            at=self.at,
            password_hash=self.password_hash,
            **fields,
        )

    def company(self, exporter: Exporter, number: int) -> Company:
        """Admit the owner and the clerk of an exporter."""
        return Company(
            exporter,
            owner=self.person(exporter, Role.OWNER, numbered("owner", number)),
            clerk=self.person(exporter, Role.CLERK, numbered("clerk", number)),
        )

    def desk(self, office: Office, row: int) -> Desk:
        """Admit three reviewers and two who may sign to an office."""
        return Desk(
            reviewers=tuple(
                self.person(office, Role.REVIEWER, numbered("reviewer", row * 3 + seat))
                for seat in range(3)
            ),
            seniors=(
                self.person(office, Role.SENIOR, numbered("senior", row)),
                self.person(office, Role.SUPERVISOR, numbered("supervisor", row)),
            ),
        )


def gather(*, at: datetime, now: datetime) -> Cast:
    """Enter offices, makers, companies and people as of *at*; their terms run around *now*."""
    hirer = Hirer(at=at)
    offices = enter_offices(at=at)
    exporters = enter_exporters(offices, at=at, now=now)
    companies = [hirer.company(exporter, number) for number, exporter in enumerate(exporters)]
    hirer.person(companies[0].exporter, Role.VIEWER, "viewer", language="en")
    desks = {office.pk: hirer.desk(office, row) for row, office in enumerate(offices[1:])}
    for address, role in (("policy", Role.POLICY), ("policy2", Role.POLICY)):
        hirer.person(offices[0], role, address)
    hirer.person(offices[0], Role.AUDITOR, "auditor")
    veterans, barred = companies[VETERANS], companies[-BARRED:]
    return Cast(
        good=tuple(one for one in companies if one not in veterans + barred),
        barred=tuple(barred),
        veterans=tuple(veterans),
        desks=desks,
        officer=hirer.person(enter_makers(at=at), Role.OFFICER, "officer"),
        ministries={
            ministry.code: hirer.person(ministry, Role.OPINION, ministry.code)
            for ministry in Ministry.objects.order_by("code")
        },
    )


def numbered(word: str, number: int) -> str:
    """Return *word* for the first of its kind, then ``word2``, ``word3``."""
    return f"{word}{number + 1}" if number else word


def enter_offices(*, at: datetime) -> list[Office]:
    """Enter the national office, the provinces and a city below one of them."""
    offices: dict[str, Office] = {}
    for code, zh, en, level, province, parent in OFFICES:
        offices[code] = register_office(
            code=code,
            name_zh=zh,
            name_en=en,
            level=level,
            province=province,
            parent=offices.get(parent),
            by=None,
            at=at,
        )
    return list(offices.values())


def enter_exporters(offices: list[Office], *, at: datetime, now: datetime) -> list[Exporter]:
    """Enter the exporters: most in good order, the last ones each with a blemish."""
    by_code = {office.code: office for office in offices}
    plain = len(SEATS) * len(WORDS) - len(ODDITIES)
    blemishes: chain[dict[str, Any]] = chain([{}] * plain, ODDITIES)
    seats = ((word, seat) for word in WORDS for seat in SEATS)
    return [
        register_exporter(
            office=by_code[seat[0]],
            name_zh=f"{seat[1]}示例{word[0]}汽车出口有限公司",
            name_en=f"{seat[2]} Example {word[1]} Auto Export Co., Ltd.",
            uscc=credit_code(f"{seat[3]}MA{number:07d}"),
            filing_number=f"ESC-{seat[0].upper()}-{number:04d}",
            **terms(number, blemish, today=legal_day(now)),
            by=None,
            at=at,
        )
        for number, ((word, seat), blemish) in enumerate(
            zip(seats, blemishes, strict=True), start=1
        )
    ]


def terms(number: int, blemish: dict[str, Any], *, today: date) -> dict[str, Any]:
    """Return the term of a filing, one year long, and the company's standing."""
    others = {name: value for name, value in blemish.items() if name != "term"}
    left = blemish.get("term", 40 + 3 * number)
    if number - 1 in range(*VETERANS.indices(number)):
        left = (date(2027, 1, 4) - today).days
    expires = today + timedelta(days=left)
    return {"filed_on": expires - timedelta(days=364), "filing_expires_on": expires, **others}


def credit_code(body: str) -> str:
    """Return the 17 signs of *body* with the check character GB 32100 wants."""
    alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"
    total = sum(alphabet.index(sign) * pow(3, place, 31) for place, sign in enumerate(body))
    return body + alphabet[-total % 31]


def enter_makers(*, at: datetime) -> Manufacturer:
    """Enter a maker's sales company and a dealer; return the maker."""
    known_from = date(2010, 1, 1)
    register_manufacturer(
        SALES_COMPANY, known_from=known_from, kind=Manufacturer.Kind.SALES, by=None, at=at
    )
    register_manufacturer(
        DEALER, known_from=known_from, kind=Manufacturer.Kind.DEALER, by=None, at=at
    )
    return ManufacturerName.objects.select_related("manufacturer").get(name=MAKER).manufacturer
