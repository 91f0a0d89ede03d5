"""Names of countries and makers in the reader's language, for pages that show what papers print."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import get_language

from documents.models import Confirmation
from exports.identifiers import spellings
from exports.models import Destination, ManufacturerName


@dataclass(frozen=True)
class Names:
    """Countries by ISO code; English names of makers, empty for whoever reads Chinese."""

    countries: Mapping[str, str] = field(default_factory=dict)
    makers: Mapping[str, str] = field(default_factory=dict)

    def country(self, code: str) -> str:
        """Return the name with the code behind it; the code alone where no name is known.

        >>> Names({"KZ": "Kazakhstan"}).country("KZ")
        'Kazakhstan KZ'
        """
        name = self.countries.get(code, "")
        return f"{name} {code}" if name else code

    def maker(self, printed: str) -> str:
        """Return the English name of the maker *printed* names, empty where none is known."""
        known = (self.makers.get(spelling, "") for spelling in sorted(spellings(printed)))
        return next(filter(None, known), "")


def is_chinese() -> bool:
    """Tell whether the reader reads Chinese."""
    return (get_language() or "zh").startswith("zh")


def countries() -> QuerySet[Destination, tuple[Any, ...]]:
    """Return code, Chinese and English name of every country, some 250 rows."""
    return Destination.objects.values_list("iso2", "name_zh", "name_en")


def makers(printed: Iterable[str], *, letters: QuerySet[Confirmation]) -> QuerySet[Any, Any]:
    """Return printed and English name of whom *printed* or the issuers of *letters* name."""
    rows = ManufacturerName.objects.exclude(manufacturer__brand_en="")
    if is_chinese():
        rows = rows.none()
    wanted = [spelling for name in printed for spelling in spellings(name)]
    named = rows.filter(name__in=wanted) | rows.filter(name__in=letters.values("issuer_name"))
    return named.values_list("name", "manufacturer__brand_en")


def names_of(lands: Iterable[Any], units: Iterable[Any]) -> Names:
    """Return the names of the rows of :func:`countries` and :func:`makers`."""
    chinese = is_chinese()
    return Names(
        countries={code: zh if chinese or not en else en for code, zh, en in lands},
        makers=dict(units),
    )
