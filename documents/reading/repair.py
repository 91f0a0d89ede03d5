"""Mend a misread VIN, with care: only where the check digit and a declared VIN leave one choice.

ISO 3779 and GB 16735 know no I, O and Q; a reader of pictures does.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from typing import Final

from exports.identifiers import check_vin

VIN_LENGTH: Final = 17
TWINS: Final = ("O0QD", "I1L", "B8", "S5", "Z2", "G6", "U0", "V7")
# One sign for each family of twins: what looks the same has the same outline.
OUTLINE: Final = str.maketrans("OQDUILBSZGV", "00001185267")
# No VIN has these, so each is misread for certain, as one of the signs beside it.
IMPOSSIBLE: Final[Mapping[str, str]] = {"I": "1L", "O": "0D", "Q": "0D"}
MOST_IMPOSSIBLE: Final = 3


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
    known = _by_outline(frozenset(declared)).get(printed.translate(OUTLINE), ())
    fitting = [vin for vin in known if looks_the_same(printed, vin)]
    if len(fitting) == 1:
        return Repaired(fitting[0], "declared")
    possible = set() if fitting else _candidates(printed)
    return Repaired(printed, suggestion=possible.pop() if len(possible) == 1 else "")


@lru_cache(maxsize=4)
def _by_outline(declared: frozenset[str]) -> Mapping[str, Collection[str]]:
    """Return the valid ones of *declared* by their outline."""
    known = defaultdict(list)
    for vin in declared:
        if is_valid(vin):
            known[vin.translate(OUTLINE)].append(vin)
    return known


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


def _candidates(read: str) -> set[str]:
    """Return the valid VINs that *read* could be: impossible signs replaced, then one sign more."""
    misread = sum(sign in IMPOSSIBLE for sign in read)
    if len(read) != VIN_LENGTH or misread > MOST_IMPOSSIBLE:
        return set()
    possible = ["".join(signs) for signs in product(*(IMPOSSIBLE.get(s, s) for s in read))]
    found = set(filter(is_valid, possible)) if misread else set()
    return found or {vin for one in possible for vin in _swapped(one) if is_valid(vin)}


def _swapped(read: str) -> Iterator[str]:
    for place, sign in enumerate(read):
        for twin in _twins(sign):
            yield read[:place] + twin + read[place + 1 :]


def _twins(sign: str) -> str:
    return "".join(other for group in TWINS if sign in group for other in group if other != sign)
