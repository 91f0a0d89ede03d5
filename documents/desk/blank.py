"""The empty confirmation letter, as the notice asks for it: for a manufacturer without a desk.

A DOCX file is a ZIP archive of a few XML parts; what stands here is all a word processor needs.
Source: ECMA-376, Office Open XML, part 1, §11.3.10 and §17.
"""

import io
import zipfile
from collections.abc import Iterable, Sequence
from typing import Final
from xml.sax.saxutils import escape

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from exports.answering import exporter_of
from exports.doors import for_exporters
from exports.http import SignedInRequest
from exports.models import Exporter

DOCX: Final = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
LINES: Final = 20  # as many vehicles as an application may hold
OUTLETS: Final = 3
VEHICLE_HEADS: Final = (
    "序号 No.",
    "车架号 VIN",
    "品牌 Brand",
    "型号 Model",
    "注册登记日期 Registered on",
)
OUTLET_HEADS: Final = ("国家 Country", "名称 Name", "地址 Address", "服务商 Provider", "电话 Phone")
PROMISE: Final = (
    "我单位确认，上列车辆出口至上述国家后，由上列服务网点提供售后维修服务、配件供应及技术支持。",
    "We confirm that the outlets listed above will provide repair, parts and technical support for"
    " the vehicles listed above in the destination country.",
)
NAMESPACE: Final = "http://schemas.openxmlformats.org"
HEAD: Final = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
PARTS: Final = {
    "[Content_Types].xml": (
        f'{HEAD}<Types xmlns="{NAMESPACE}/package/2006/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
    ),
    "_rels/.rels": (
        f'{HEAD}<Relationships xmlns="{NAMESPACE}/package/2006/relationships"><Relationship Id="r1"'
        f' Type="{NAMESPACE}/officeDocument/2006/relationships/officeDocument"'
        ' Target="word/document.xml"/></Relationships>'
    ),
}


@for_exporters
@require_safe
def letter_blank(request: SignedInRequest) -> HttpResponse:
    """Hand out the empty letter with the reader's company in it."""
    response = HttpResponse(blank_letter(exporter_of(request)), content_type=DOCX)
    response["Content-Disposition"] = 'attachment; filename="confirmation-letter.docx"'
    return response


def blank_letter(exporter: Exporter) -> bytes:
    """Return the empty letter to *exporter* as DOCX."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in PARTS.items():
            archive.writestr(name, content)
        archive.writestr("word/document.xml", document(exporter))
    return file.getvalue()


def document(exporter: Exporter) -> str:
    """Return the words of the letter as WordprocessingML."""
    body = [
        line("售后维修服务确认书", size=36),
        line("After-sales Repair Service Confirmation", size=24),
        line("编号 No.："),
        line("生产企业 Manufacturer："),
        line("出具单位 Issued by："),
        line("出口国别 Destination："),
        line(f"出口企业 Exporter：{exporter.name_zh} {exporter.uscc}"),
        line("车辆 Vehicles"),
        table(VEHICLE_HEADS, [[str(number), "", "", "", ""] for number in range(1, LINES + 1)]),
        line("服务网点 Service outlets"),
        table(OUTLET_HEADS, [[""] * len(OUTLET_HEADS)] * OUTLETS),
        *(line(sentence) for sentence in PROMISE),
        line("签发日期 Date：                有效期至 Valid until："),
        line("（盖章 Seal）"),
    ]
    words = f'xmlns:w="{NAMESPACE}/wordprocessingml/2006/main"'
    return f"{HEAD}<w:document {words}><w:body>{''.join(body)}</w:body></w:document>"


def line(text: str, *, size: int = 21) -> str:
    """Return one paragraph; *size* in half points."""
    shape = f'<w:rPr><w:sz w:val="{size}"/></w:rPr>'
    run = f'<w:r>{shape}<w:t xml:space="preserve">{escape(text)}</w:t></w:r>'
    return f"<w:p>{run}</w:p>"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table with lines around its cells; its heads stand again on every page."""
    sides = ("top", "left", "bottom", "right", "insideH", "insideV")
    borders = "".join(f'<w:{side} w:val="single" w:sz="4"/>' for side in sides)
    shape = f'<w:tblPr><w:tblW w:w="5000" w:type="pct"/><w:tblBorders>{borders}</w:tblBorders>'
    grid = "<w:gridCol/>" * len(heads)
    lines = "".join(table_row(row) for row in rows)
    again = "<w:trPr><w:tblHeader/></w:trPr>"
    return (
        f"<w:tbl>{shape}</w:tblPr><w:tblGrid>{grid}</w:tblGrid>"
        f"{table_row(heads, shape=again)}{lines}</w:tbl>"
    )


def table_row(cells: Sequence[str], *, shape: str = "") -> str:
    """Return one row of a table."""
    return f"<w:tr>{shape}{''.join(f'<w:tc>{line(cell, size=18)}</w:tc>' for cell in cells)}</w:tr>"
