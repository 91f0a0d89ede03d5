"""Draw the licence as a PDF that prints well, archives well and leads back to its record.

Source: the 21 boxes of the export licence form and its vehicle annex, and notice
商贸函〔2025〕648号, part 1(2), which puts both registration dates into the annex.
"""

import io
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final

import segno

from reviews.paper.press import Press

LICENCE_TEMPLATE: Final = Path(__file__).with_name("licence.typ")


@dataclass(frozen=True, kw_only=True)
class VehicleRow:
    """One vehicle of the annex, as on its registration certificate."""

    position: int
    vin: str
    brand: str
    model: str
    maker: str
    fuel: str
    odometer_km: int | None
    use: str
    registered_on: date
    transferred_on: date | None
    owner: str


@dataclass(frozen=True, kw_only=True)
class LicenceSheet:
    """Everything the licence says; what is empty here is a dash on paper."""

    number: str
    exporter_name: str
    exporter_uscc: str
    consignor_name: str
    issuing_office: str
    destination_zh: str
    destination_en: str
    port_zh: str
    port_en: str
    contract_number: str
    hs_code: str
    goods_name: str
    goods_status: str
    unit: str
    issued_on: date
    valid_from: date
    valid_until: date
    remark: str
    verify_url: str
    vehicles: tuple[VehicleRow, ...]
    early_note: str


def draw_licence(sheet: LicenceSheet, *, drawn_at: datetime) -> bytes:
    """Return the licence and its annex as PDF/A-2b; the same sheet and moment, the same bytes."""
    return _licence_press().pull(sheet, dated=drawn_at, artwork={"qr": _qr_code(sheet.verify_url)})


@cache
def _licence_press() -> Press:
    return Press(LICENCE_TEMPLATE)


def _qr_code(url: str) -> bytes:
    """Return *url* as SVG, with redundancy enough to survive a fold or a stamp."""
    drawing = io.BytesIO()
    segno.make_qr(url, error="q", boost_error=False).save(
        drawing, kind="svg", border=4, xmldecl=False, omitsize=True
    )
    return drawing.getvalue()
