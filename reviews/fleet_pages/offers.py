"""What the forms offer while typing, and what a VIN says of itself: hints, never refusals."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from exports.goods import HS_CODES
from exports.identifiers import canonical_vin, check_vin, is_vin_shaped, model_years, wmi
from exports.models import Manufacturer, ManufacturerName, Prefix
from exports.wording import say


@dataclass(frozen=True, slots=True)
class VinSays:
    """What a well-shaped VIN says.

    ``makers`` are those its first three characters are listed for, ``years`` what position 10 may
    mean, ``slip`` what its check digit holds against it.
    """

    makers: tuple[str, ...]
    doubtful: bool
    years: tuple[int, ...]
    slip: str


def suggestions(today: date) -> dict[str, Any]:
    """Return what the forms offer to choose from while typing."""
    listed = ManufacturerName.objects.listed_on(today)
    makers = listed.filter(manufacturer__kind=Manufacturer.Kind.MAKER).order_by("name")
    return {"makers": list(makers.values_list("name", flat=True)), "hs_codes": HS_CODES}


def said_by(text: str, *, today: date) -> VinSays | None:
    """Return what *text* says if it is shaped like a VIN: one query.

    Years later than the next one are left out: a model year runs ahead by one at most.
    """
    vin = canonical_vin(text)
    if not is_vin_shaped(vin):
        return None
    prefixes = list(Prefix.objects.filter(wmi=wmi(vin)))
    problem = check_vin(vin).problem
    return VinSays(
        makers=tuple(prefix.manufacturer_zh or prefix.manufacturer_en for prefix in prefixes),
        doubtful=any(prefix.doubtful for prefix in prefixes),
        years=tuple(year for year in model_years(vin) if year <= today.year + 1),
        slip=say(problem.sentence) if problem else "",
    )
