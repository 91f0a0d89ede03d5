"""Reference data of the claim: shipped as files, loaded once, then the office's to edit."""

import csv
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Final

from django.db import transaction

from exports.models import (
    Destination,
    Manufacturer,
    ManufacturerName,
    Ministry,
    Policy,
    Port,
    Prefix,
)

DATA: Final = Path(__file__).parent / "data"
CHINESE_REGIONS: Final = {"HK", "MO", "TW"}
# The announcement itself is not public in machine-readable form; the day only has to precede
# every application the rule can meet. Each name is marked unverified until the office checks it.
LISTED_SINCE: Final = date(2010, 1, 1)


def rows(name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a shipped table."""
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


@transaction.atomic
def load(*, at: datetime) -> None:
    """Create what is missing; what the office has edited stays as it is."""
    load_destinations()
    load_ports()
    load_prefixes()
    load_manufacturers()
    load_policies(at=at)
    load_ministries()


def load_destinations() -> None:
    """Create the missing destinations with their neighbours."""
    neighbours = {row["iso2"]: row["neighbours"].split() for row in rows("neighbours.csv")}
    Destination.objects.bulk_create(
        (
            Destination(
                iso2=row["iso2"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                region=row["region"],
                drive_side=row["drive_side"],
                neighbours=neighbours.get(row["iso2"], []),
                is_chinese_region=row["iso2"] in CHINESE_REGIONS,
                import_note=row["import_note"],
                note_source=row["note_source"],
            )
            for row in rows("destinations.csv")
        ),
        ignore_conflicts=True,
    )


def load_ministries() -> None:
    """Create the missing ministries that give opinions."""
    Ministry.objects.bulk_create(
        (Ministry(**row) for row in rows("ministries.csv")), ignore_conflicts=True
    )


def load_ports() -> None:
    """Create the missing ports; a place without a UN/LOCODE cannot be named in an application."""
    Port.objects.bulk_create(
        (
            Port(
                code=row["unlocode"],
                name_zh=row["name_zh"],
                name_en=row["name_en"],
                province=row["province_zh"],
                mode=row["mode"],
                source=row["source"],
            )
            for row in rows("ports_cn.csv")
            if row["unlocode"]
        ),
        ignore_conflicts=True,
    )


def is_doubtful(source: str) -> bool:
    """Tell whether the table's own remark casts doubt on the maker, not only on its name."""
    doubts = ("conflict", "only", "disputed", "unclear", "one decoder says", "history")
    return any(word in source for word in doubts)


def load_prefixes() -> None:
    """Create the missing VIN prefixes."""
    Prefix.objects.bulk_create(
        (
            Prefix(
                wmi=row["wmi"],
                manufacturer_en=row["manufacturer_en"],
                manufacturer_zh=row["manufacturer_zh"],
                doubtful=is_doubtful(row["source"]),
                source=row["source"],
            )
            for row in rows("wmi_cn.csv")
        ),
        ignore_conflicts=True,
    )


def load_manufacturers() -> None:
    """Create the makers the prefix table names, each under one name not yet verified."""
    known = set(ManufacturerName.objects.values_list("name", flat=True))
    for row in rows("wmi_cn.csv"):
        name = row["manufacturer_zh"]
        if not name or name in known or "unverified" in name:
            continue
        maker = Manufacturer.objects.create(
            kind=Manufacturer.Kind.MAKER, brand_en=row["manufacturer_en"], source=row["source"]
        )
        ManufacturerName.objects.create(manufacturer=maker, name=name, listed_from=LISTED_SINCE)
        known.add(name)


def load_policies(*, at: datetime) -> None:
    """Create the rule as notice 648 states it, enacted by the notice itself."""
    Policy.objects.get_or_create(
        code="648-2026",
        defaults={
            "effective_from": date(2026, 1, 1),
            "window_days": 180,
            "inclusive": True,
            "count_method": Policy.Count.DIFFERENCE,
            "transition_before": date(2026, 1, 1),
            "clause_zh": "商贸函〔2025〕648号 一（一）",
            "clause_en": "Notice 商贸函〔2025〕648号, part 1(1)",
            "enacted_at": at,
        },
    )
