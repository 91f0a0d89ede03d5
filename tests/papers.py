"""Papers as they come out of scanners and phones."""

import io
from datetime import date
from typing import Any

import pypdfium2
from PIL import Image

from bench.letters.wear import Wear, wear
from exports.identifiers import check_digit
from reviews.demo.letters import Letter


def pictured(pdf: bytes, *, page: int = 1, dpi: int = 300) -> Image.Image:
    """Return a page of *pdf* as a picture."""
    document = pypdfium2.PdfDocument(pdf)
    return document[page - 1].render(scale=dpi / 72).to_pil().convert("RGB")


def scanned(pdf: bytes, *, page: int = 1, **how: Any) -> bytes:
    """Return a page of *pdf* as the JPEG a scanner makes of it."""
    return wear(pictured(pdf, page=page), Wear(**{"dpi": 200, "quality": 80, **how}), seed=7)


def as_pdf(*jpegs: bytes) -> bytes:
    """Return *jpegs* as a PDF of pictures, without a word in it."""
    first, *rest = (Image.open(io.BytesIO(jpeg)) for jpeg in jpegs)
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=rest, resolution=200)
    return out.getvalue()


def plain_letter(*, vehicles: int = 1, **facts: Any) -> Letter:
    """Return a letter that says what a good one says."""
    return Letter(
        **{
            "number": "BYD-2026-0815",
            "manufacturer_name": "比亚迪汽车有限公司",
            "issuer_name": "比亚迪汽车有限公司",
            "destination_zh": "哈萨克斯坦",
            "destination_en": "Kazakhstan",
            "exporter_name": "天津海河汽车进出口有限公司",
            "exporter_uscc": "91120116MA05U8XQ4K",
            "vehicles": tuple(
                (vin(number), "比亚迪", "BYD7150WT6HEV", date(2026, 3, number % 28 + 1))
                for number in range(vehicles)
            ),
            "outlets": (
                (
                    "哈萨克斯坦 Kazakhstan",
                    "Almaty Example Auto Service",
                    "Example Street 12, Almaty",
                    "Example Motors KZ",
                    "+7 000 000 0000",
                ),
            ),
            "issued_on": date(2026, 6, 1),
            "valid_until": date(2026, 12, 31),
            "sealed": True,
            **facts,
        }
    )


def vin(number: int) -> str:
    """Return a valid VIN."""
    draft = f"LGXC74CG0T0{number:06d}"
    return draft[:8] + check_digit(draft) + draft[9:]
