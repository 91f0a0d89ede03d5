"""How many applications of which kind the demonstration shows, and who files them when."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import count
from math import ceil
from typing import Final

from exports.models import Destination, Port
from exports.rules import SHANGHAI, legal_day
from reviews.demo.cast import Company
from reviews.demo.papers import CITIES
from reviews.demo.stories import Plan, World
from reviews.demo.vehicles import BYD, MODELS, SPOILS, Car, Garage, Model

# Ending → flavour → how many. A flavour is what is special about the batch: free and young
# cars, a mistake of :data:`reviews.demo.vehicles.SPOILS`, or "letter" with what is wrong in it.
PROGRAMME: Final[Mapping[str, Mapping[str, int]]] = {
    "draft": {
        "free": 16,
        "mix": 5,
        "bare": 6,
        "missing": 4,
        "impossible": 3,
        "digit": 2,
        "letter clean": 2,
        "letter missing": 1,
        "letter outlet": 1,
    },
    "discarded": {"free": 5},
    "checking": {"free": 4, "bare": 1, "letter clean": 1},
    "waiting": {
        "free": 22,
        "silent": 8,
        "bare": 4,
        "mortgaged": 3,
        "date": 3,
        "lookalike": 3,
        "model": 2,
        "barred": 2,
        "letter clean": 2,
        "letter sound": 8,
        "letter dealer": 1,
        "letter destination": 1,
        "letter expired": 1,
    },
    "in_hand": {
        "free": 16,
        "silent": 6,
        "bare": 3,
        "digit": 2,
        "owner": 2,
        "impossible": 1,
        "barred": 1,
        "letter clean": 2,
        "letter missing": 1,
        "letter outlet": 1,
        "letter revoked": 1,
    },
    "returned": {
        "missing": 6,
        "impossible": 5,
        "digit": 4,
        "lookalike": 3,
        "model": 3,
        "letter missing": 1,
        "letter destination": 1,
        "letter sales": 1,
    },
    "answered": {"missing": 5, "model": 4, "digit": 3, "impossible": 3},
    "held": {
        "free": 8,
        "bare": 6,
        "date": 2,
        "mortgaged": 1,
        "letter clean": 1,
        "letter dealer": 1,
        "letter sales": 1,
    },
    "issued": {"free": 94, "silent": 10, "transition": 8, "model": 6, "letter clean": 8},
    "expired": {"free": 10},
    "revoked": {"free": 4, "silent": 1, "letter clean": 2},
    "refused": {
        "bare": 12,
        "barred": 4,
        "date": 4,
        "owner": 3,
        "unproven": 2,
        "letter dealer": 1,
        "letter sales": 1,
        "letter destination": 1,
        "letter outlet": 1,
        "letter missing": 1,
        "letter revoked": 1,
        "letter expired": 1,
    },
    "withdrawn": {"free": 10, "bare": 8, "silent": 2, "early": 3},
    "lapsed": {"missing": 5, "digit": 4, "bare": 3},
    "consulted": {"free": 1, "letter clean": 1},
    "advised": {"date": 1, "free": 1},
    "used": {"free": 12},
    "to_replace": {"free": 2},
}
# Ending → from and to how many working days ago it was filed. Three days make a case due today.
FILED: Final[Mapping[str, tuple[int, int]]] = {
    "draft": (0, 12),
    "discarded": (3, 60),
    "waiting": (0, 3),
    "in_hand": (1, 3),
    "returned": (3, 5),
    "answered": (3, 4),
    "held": (2, 3),
    "issued": (6, 84),
    "expired": (135, 150),
    "used": (20, 80),
    "to_replace": (14, 20),
    "revoked": (20, 70),
    "refused": (6, 80),
    "withdrawn": (4, 80),
    "lapsed": (20, 80),
    "consulted": (1, 2),
    "advised": (2, 3),
}
BARRED_AGO: Final = (4, 8)
# One in so many cases still under way is late by a day or two.
LATE: Final = frozenset({"waiting", "in_hand", "held"})
LATE_EVERY: Final = 16
SPRING: Final = (date(2026, 3, 2), date(2026, 6, 4))
DECEMBER: Final = (date(2025, 12, 15), date(2025, 12, 30))  # the old rule's last days
SIZES: Final = {1: 22, 2: 22, 3: 18, 4: 14, 5: 10, 6: 7, 8: 4, 12: 2, 20: 1}
PAPERS_EVERY: Final = 24
SMALL: Final = 10
SPARED: Final = frozenset({"transition", "unproven"})
EARLY: Final = "early"
LETTER: Final = "letter "
# Letters at which no check asks for attention: enough for a sheet of the clean lane.
SOUND: Final = "sound"
LETTERS_DECIDED: Final = frozenset({"issued", "refused"})


@dataclass(frozen=True)
class Role:
    """One application to be planned: its ending, its flavour, whether it leads its row."""

    ending: str
    flavour: str
    leads: bool

    @property
    def letter(self) -> str:
        """Return what kind of letter comes with it, if one does."""
        return self.flavour.removeprefix(LETTER) if self.flavour.startswith(LETTER) else ""


def roles(*, small: bool) -> Iterator[Role]:
    """Yield every application to be planned.

    The small programme has the same rows, but letters, which take longest, only where each kind
    of them is decided on.
    """
    for ending, row in PROGRAMME.items():
        for flavour, wanted in row.items():
            if small and flavour.startswith(LETTER) and ending not in LETTERS_DECIDED:
                continue
            for place in range(ceil(wanted / SMALL) if small else wanted):
                yield Role(ending, flavour, leads=place == 0)


class Planner:
    """Turns roles into plans: draws company, cars, country and time."""

    def __init__(self, world: World) -> None:
        """Plan for *world*; the first company plays the first part in every row."""
        self.world = world
        self.garage = Garage(world.chance)
        self.numbers = count(1)
        self.destinations = list(Destination.objects.filter(pk__in=CITIES).order_by("pk"))
        self.ports = list(Port.objects.order_by("code"))

    def plan(self, role: Role) -> Plan:
        """Return the plan of one application."""
        number = next(self.numbers)
        company = self.company(role, number=number)
        filed_at = self.filed_at(role)
        chance = self.world.chance
        return Plan(
            company=company,
            cars=self.batch(role, company=company, applied_on=legal_day(filed_at)),
            destination=chance.choice(self.destinations),
            port=chance.choice(self.ports),
            number=number,
            filed_at=filed_at,
            letter=role.letter,
            with_papers=role.flavour == "free" and number % PAPERS_EVERY == 0,
        )

    def company(self, role: Role, *, number: int) -> Company:
        """Return who files: in turn, the first company oftener than the others."""
        cast = self.world.cast
        if role.flavour == "barred":
            return cast.barred[number % len(cast.barred)]
        if role.flavour in SPARED or role.flavour == EARLY:
            return cast.veterans[number % len(cast.veterans)]
        first = role.leads or role.letter == SOUND
        return cast.good[0] if first else cast.good[number % len(cast.good)]

    def filed_at(self, role: Role) -> datetime:
        """Return when the application is filed; for a draft, when it would have been."""
        diary, chance = self.world.diary, self.world.chance
        if role.ending == "checking":
            return diary.minutes_ago(chance.randint(2, 20))
        if role.flavour in SPARED:
            return diary.on(self.working_day(*SPRING))
        if role.flavour == EARLY:
            return diary.on(self.working_day(*DECEMBER))
        first, last = FILED[role.ending]
        if role.flavour == "barred" and role.ending == "refused":
            first, last = BARRED_AGO
        late = role.ending in LATE and chance.randrange(LATE_EVERY) == 0
        return diary.back(last + chance.randint(1, 2) if late else chance.randint(first, last))

    def working_day(self, first: date, last: date) -> date:
        """Return a working day of a season in which a rule that is gone still held."""
        day = first + timedelta(days=self.world.chance.randint(0, (last - first).days))
        while not self.world.diary.calendar.is_working(day):
            day += timedelta(days=1)
        return day

    def batch(self, role: Role, *, company: Company, applied_on: date) -> list[Car]:
        """Return the cars of one batch: one model, the mistake in the first of them."""
        chance = self.world.chance
        model = self.model(role)
        size = chance.choices(list(SIZES), weights=list(SIZES.values()))[0]
        cars = [
            self.car(role, model, place=place, company=company, applied_on=applied_on)
            for place in range(min(size, 6) if role.letter else size)
        ]
        spoil = SPOILS.get(role.flavour)
        if spoil:
            whole = role.flavour in SPARED
            cars = [spoil(car) if whole or not at else car for at, car in enumerate(cars)]
        return cars

    def model(self, role: Role) -> Model:
        """Return the model of a batch; letters come mostly from the maker on stage."""
        if role.letter and (role.leads or role.letter != "clean"):
            return BYD
        return self.world.chance.choice(MODELS)

    def car(
        self, role: Role, model: Model, *, place: int, company: Company, applied_on: date
    ) -> Car:
        """Return one car of a batch as old as its flavour asks."""
        owner = company.exporter
        if role.flavour in SPARED:
            return self.garage.build_spared(model, owner=owner, applied_on=applied_on)
        age = self.age(role, first=place == 0)
        return self.garage.build(model, owner=owner, age=age, applied_on=applied_on)

    def age(self, role: Role, *, first: bool) -> int:
        """Return the days since registration; both sides of the limit come often."""
        chance = self.world.chance
        if role.letter == SOUND:
            return chance.randint(90, 150)
        if role.letter:
            return chance.choice((180, chance.randint(25, 179), chance.randint(25, 179)))
        if role.flavour in ("bare", EARLY) or (role.flavour == "mix" and first):
            return chance.choice((0, 180, chance.randint(1, 179), chance.randint(1, 179)))
        return chance.choice((181, *(chance.randint(182, 400) for _ in range(5))))

    def idle(self) -> Iterator[tuple[Company, Car, datetime]]:
        """Yield without end cars nobody has applied for yet, with owner and day of entry."""
        chance, cast = self.world.chance, self.world.cast
        while True:
            company = chance.choice(cast.good)
            at = self.world.diary.back(chance.randint(0, 40))
            age = chance.randint(0, 400)
            model = chance.choice(MODELS)
            car = self.garage.build(
                model, owner=company.exporter, age=age, applied_on=legal_day(at)
            )
            yield company, SPOILS[chance.choice(ODD_IDLE)](car), at


ODD_IDLE: Final = ("none",) * 12 + ("silent", "missing", "impossible", "digit", "lookalike")


def opening_day(now: datetime) -> datetime:
    """Return when the curtain rises: before the longest licences and before the rule."""
    before_the_rule = datetime(2025, 12, 8, 9, tzinfo=SHANGHAI)
    return min(now - timedelta(days=250), before_the_rule)
