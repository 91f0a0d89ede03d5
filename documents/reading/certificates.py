"""Read a motor-vehicle registration certificate (机动车登记证书): owner, dates, the vehicle."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from documents.reading.confirmations import one_date
from documents.reading.dates import first_date
from documents.reading.fields import FieldRead, Known, Sheet, company, iso, vin_field
from documents.reading.labels import VIN_SHAPED
from documents.reading.lines import after_label
from documents.reading.seen import SeenPage

REGISTERED: Final = re.compile(
    r"(?:注册)?登记日期|registered on|date of registration", re.IGNORECASE
)
# The entry by which the owner gives the vehicle up for export; its day is T of the notice.
TRANSFER: Final = re.compile(
    r"转让待出口|transferred, pending export|pending export", re.IGNORECASE
)
MAKER: Final = re.compile(
    r"制造(?:厂|企业)(?:名称)?(?: ?manufacturer)?|manufacturer", re.IGNORECASE
)
WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "owner": re.compile(r"(?:机动车)?所有人(?: ?owner)?|(?<![a-z])owner", re.IGNORECASE),
    "brand": re.compile(r"(?:车辆)?品牌(?: ?brand)?|(?<![a-z])brand", re.IGNORECASE),
    "model": re.compile(r"(?:车辆)?型号(?: ?model)?|(?<![a-z])model", re.IGNORECASE),
}


def read_certificate(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield what the certificate says of vehicle, owner and the two dates that count."""
    sheet = Sheet(pages)
    yield from first_vin(pages, known)
    yield from one_date("registered_on", REGISTERED, sheet)
    yield from transfer(sheet)
    for name, label in WORDS.items():
        for line, text in after_label(label, sheet.lines):
            yield sheet.field(name, text, line, printed=text)
            break
    for line, text in after_label(MAKER, sheet.lines):
        value, exact = company(text, known=known.maker_names)
        yield sheet.field("maker", value, line, sure=exact, printed=text)
        break


def first_vin(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield the one VIN of the paper."""
    for page in pages:
        for line in page.lines:
            match = VIN_SHAPED.search(line.text)
            if match:
                yield vin_field(
                    match.group(), line, page=page.number, position=0, known=known, parts={}
                )
                return


def transfer(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the day of the entry 转让待出口: in its line, or right below."""
    lines = sheet.lines
    for index, line in enumerate(lines):
        if TRANSFER.search(line.text):
            for near in lines[index : index + 3]:
                day = first_date(near.text)
                if day:
                    yield sheet.field("transferred_on", iso(day), near, printed=near.text[:200])
                    return
