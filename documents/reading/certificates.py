"""Read a motor-vehicle registration certificate (机动车登记证书): owner, dates, the vehicle."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Final

from documents.reading.companies import named
from documents.reading.confirmations import MOST_PRINTED, one_date
from documents.reading.dates import first_date
from documents.reading.fields import FieldRead, Known, iso
from documents.reading.rows import rows_of
from documents.reading.seen import SeenPage
from documents.reading.sheet import Sheet
from documents.reading.vehicles import vins

REGISTERED: Final = re.compile(
    r"(?<!转移)(?<!变更)登记日期(?: ?registered ?on)?|registered ?on|date ?of ?registration",
    re.IGNORECASE,
)
# The entry by which the owner gives the vehicle up for export; its day is T of the notice.
TRANSFER: Final = re.compile(
    r"转让待出口(?: ?transferred ?for ?export)?|transferred ?for ?export|pending ?export",
    re.IGNORECASE,
)
MAKER: Final = re.compile(
    r"制造(?:厂|企业)(?:名称)?(?: ?(?:manufacturer|maker))?|(?<![a-z])manufacturer", re.IGNORECASE
)
WORDS: Final[Mapping[str, re.Pattern[str]]] = {
    "owner": re.compile(
        r"(?:机动车)?所有人(?:/身份证明名称/号码)?(?: ?owner)?|(?<![a-z])owner", re.IGNORECASE
    ),
    "brand": re.compile(r"(?:车辆)?品牌(?: ?brand)?|(?<![a-z])brand", re.IGNORECASE),
    "model": re.compile(r"(?<!发动机)(?:车辆)?型号(?: ?model)?|(?<![a-z])model", re.IGNORECASE),
}
# The owner's name is followed by the kind and the number of a paper of identity.
PARTING: Final = "/"
NEXT_LINES: Final = 3


def read_certificate(pages: Sequence[SeenPage], known: Known) -> Iterator[FieldRead]:
    """Yield what the certificate says of vehicle, owner and the two dates that count."""
    rows = rows_of(pages)
    sheet = Sheet(rows)
    yield from islice(vins(rows, known), 1)
    yield from one_date("registered_on", REGISTERED, sheet)
    yield from transfer(sheet)
    for name, label in WORDS.items():
        for line, text in sheet.after(label):
            yield sheet.field(name, text.partition(PARTING)[0], line, sure=False, printed=text)
            break
    for line, text in sheet.after(MAKER):
        yield named("maker", text, line, sheet, known)
        break


def transfer(sheet: Sheet) -> Iterator[FieldRead]:
    """Yield the day of the entry 转让待出口: in its line, beside it, or right below."""
    for line in sheet.lines:
        if TRANSFER.search(line.text):
            for near in sheet.lines[line.number : line.number + NEXT_LINES]:
                day = first_date(near.text)
                if day:
                    printed = near.text[:MOST_PRINTED]
                    yield sheet.field("transferred_on", iso(day), near, printed=printed)
                    return
