"""ZKM-01: signs that a used car was never used. Information only, never a ground for refusal."""

from collections.abc import Iterator
from typing import Final

from exports.identifiers import CHECK_POSITION
from exports.rules import Sentence
from reviews.checks.model import Facts, Judgement, VehicleFacts, attention, passed
from reviews.checks.registry import check
from reviews.checks.sources import HOUSE_PRACTICE

LOW_KM: Final = 100
QUICK_DAYS: Final = 30
MANY_NEIGHBOURS: Final = 10


@check(
    "ZKM-01",
    subject="vehicle",
    reads=(
        "vehicle.vin",
        "vehicle.odometer_km",
        "vehicle.registered_on",
        "vehicle.transferred_on",
        "application.batch_vins",
    ),
    title=Sentence(zh="零公里迹象", en="Zero-kilometre signs"),
    clause=HOUSE_PRACTICE,
)
def car_was_used(facts: Facts) -> Judgement:
    """Note low mileage, quick resale and rows of neighbouring VINs; a new-looking car is lawful."""
    vehicle = facts.vehicle
    signs = [*_signs(vehicle), *_row_of_neighbours(vehicle.vin, facts.application.batch_vins)]
    if signs:
        return attention(
            zh=f"{'；'.join(sign.zh for sign in signs)}。仅供参考，不构成不予发证的理由。",
            en=f"{'; '.join(sign.en for sign in signs)}. For information; no ground to refuse.",
        )
    if None in (vehicle.odometer_km, vehicle.registered_on, vehicle.transferred_on):
        return attention(
            zh="缺少里程或日期，无法判断。", en="Mileage or dates are missing, so nothing is known."
        )
    return passed(zh="未见零公里迹象。", en="No sign of a zero-kilometre car.")


def _signs(vehicle: VehicleFacts) -> Iterator[Sentence]:
    """Yield what the vehicle's own facts suggest."""
    if vehicle.odometer_km is not None and vehicle.odometer_km < LOW_KM:
        km = vehicle.odometer_km
        yield Sentence(zh=f"里程仅{km}公里", en=f"Only {km} km on the odometer")
    if vehicle.registered_on is not None and vehicle.transferred_on is not None:
        days = (vehicle.transferred_on - vehicle.registered_on).days
        if 0 <= days <= QUICK_DAYS:
            yield Sentence(
                zh=f"注册登记后{days}天即转让", en=f"Transferred {days} days after registration"
            )


def _row_of_neighbours(vin: str, batch: tuple[str, ...]) -> Iterator[Sentence]:
    """Yield a sign where the batch holds a row of cars from one stretch of the assembly line."""
    row = {other for other in batch if _block(other) == _block(vin)}
    if len(row) >= MANY_NEIGHBOURS:
        yield Sentence(
            zh=f"本批有{len(row)}辆车架号相邻", en=f"{len(row)} neighbouring VINs in this batch"
        )


def _block(vin: str) -> str:
    """Return what a thousand consecutive VINs share: all but the check digit and three digits."""
    return vin[: CHECK_POSITION - 1] + vin[CHECK_POSITION:-3]
