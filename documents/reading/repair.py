"""Mend a misread VIN, with care: only where the check digit and a declared VIN leave one choice.

ISO 3779 and GB 16735 know no I, O and Q; a reader of pictures does.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final

from exports.identifiers import check_vin

VIN_LENGTH: Final = 17
TWINS: Final = ("O0QD", "I1L", "B8", "S5", "Z2", "G6", "U0", "V7")
MOST_SWAPS: Final = 3


@dataclass(frozen=True, slots=True)
class Repaired:
    """A VIN as it is taken; *repair* names the rule, empty where nothing was changed.

    *suggestion* is a VIN that would fit where nobody declared it: for a person to judge.
    """

    value: str
    repair: str = ""
    suggestion: str = ""


def repair_vin(printed: str, *, declared: Collection[str]) -> Repaired:
    """Return what *printed* is taken for.

    A valid VIN stays as it is. Otherwise it becomes the one declared VIN that differs from it
    only in signs that look alike; two such leave it as it was read.
    """
    if is_valid(printed):
        return Repaired(printed)
    fitting = {vin for vin in declared if is_valid(vin) and looks_the_same(printed, vin)}
    if len(fitting) == 1:
        return Repaired(fitting.pop(), "declared")
    possible = list(_candidates(printed)) if not fitting else []
    return Repaired(printed, suggestion=possible[0] if len(possible) == 1 else "")


def is_valid(vin: str) -> bool:
    """Tell whether *vin* has seventeen allowed signs and its check digit fits."""
    return len(vin) == VIN_LENGTH and check_vin(vin).problem is None


def looks_the_same(read: str, vin: str) -> bool:
    """Tell whether *read* could be *vin*, some signs taken for their twins."""
    return len(read) == len(vin) and all(
        one == other or _are_twins(one, other) for one, other in zip(read, vin, strict=True)
    )


def _are_twins(one: str, other: str) -> bool:
    return any(one in group and other in group for group in TWINS)


def _candidates(read: str) -> Iterator[str]:
    """Yield the valid VINs that *read* could be, few swaps first and only the fewest."""
    if len(read) != VIN_LENGTH:
        return
    places = [place for place, sign in enumerate(read) if _twins(sign)]
    for swaps in range(1, MOST_SWAPS + 1):
        found = {
            vin
            for chosen in combinations(places, swaps)
            for vin in _swapped(read, chosen)
            if is_valid(vin)
        }
        if found:
            yield from sorted(found)
            return


def _swapped(read: str, places: tuple[int, ...]) -> Iterator[str]:
    for signs in product(*(_twins(read[place]) for place in places)):
        swapped = list(read)
        for place, sign in zip(places, signs, strict=True):
            swapped[place] = sign
        yield "".join(swapped)


def _twins(sign: str) -> str:
    return "".join(other for group in TWINS if sign in group for other in group if other != sign)
