"""Registration certificates and inspection reports: their words, from the file and the picture."""

from datetime import date

import pytest

from documents import pipeline
from documents.models import Document
from documents.reading.fields import FieldRead
from documents.reading.papers import read_paper
from documents.reading.seen import SeenLine, SeenPage
from exports.models import Exporter, User
from reviews.demo.letters import Certificate, draw_certificate, draw_paper
from tests.factories import NOON, upload
from tests.papers import scanned, vin

CERTIFICATE = Certificate(
    number="320012345678",
    authority="江苏省南京市公安局交通警察支队",
    owner="南京样本汽车销售有限公司",
    vin=vin(1),
    brand="比亚迪牌",
    model="BYD7150WT6HEV",
    maker="比亚迪汽车有限公司",
    fuel="汽油/电混合",
    use="非营运",
    registered_on=date(2026, 1, 5),
    transferred_on=date(2026, 6, 30),
)
SAID = {
    "vin": vin(1),
    "registered_on": "2026-01-05",
    "transferred_on": "2026-06-30",
    "owner": "南京样本汽车销售有限公司",
    "brand": "比亚迪牌",
    "model": "BYD7150WT6HEV",
    "maker": "比亚迪汽车有限公司",
}
REPORT = (
    "二手车出口检测报告",
    [
        "车辆识别代号 VIN：" + vin(2),
        "检测依据：WM/T 8-2022 二手乘用车出口质量要求",
        "检测日期：2026年6月18日",
        "检测结论：合格",
    ],
)


def read_through(document: Document) -> dict[str, str]:
    """Take the paper all its way and return what was read, by field."""
    pipeline.complete(document.pk, at=NOON)
    return dict(document.readings.values_list("field", "value"))


def words(*rows: str, kind: str = "certificate") -> dict[str, FieldRead]:
    """Read rows of cells, parted by bars, as they stand on a form."""
    lines = [
        SeenLine(cell, (0.1 + 0.22 * column, 0.1 + 0.03 * row, 0.2, 0.012), 0.99)
        for row, text in enumerate(rows)
        for column, cell in enumerate(text.split(" | "))
    ]
    page = SeenPage(1, tuple(lines), "picture")
    found = read_paper(kind, [page], countries={}, makers={"byd": ["比亚迪汽车有限公司"]})
    return {one.field: one for one in found}


@pytest.mark.django_db
def test_a_certificate_is_read_from_its_text(exporter: Exporter, clerk: User):
    paper = upload(exporter, draw_certificate(CERTIFICATE), by=clerk, kind="certificate")

    assert read_through(paper) == SAID


@pytest.mark.django_db
def test_a_scanned_certificate_is_read_from_its_picture(exporter: Exporter, clerk: User):
    scan = scanned(draw_certificate(CERTIFICATE))
    paper = upload(
        exporter,
        scan,
        by=clerk,
        kind="certificate",
        name="scan.jpg",
        content_type="image/jpeg",
    )

    read = read_through(paper)

    assert {name: read[name] for name in ("vin", "registered_on", "transferred_on")} == {
        name: SAID[name] for name in ("vin", "registered_on", "transferred_on")
    }


@pytest.mark.django_db
def test_an_inspection_report_is_read(exporter: Exporter, clerk: User):
    paper = upload(exporter, draw_paper(*REPORT), by=clerk, kind="inspection")

    assert read_through(paper) == {
        "vin": vin(2),
        "standard": "WM/T 8-2022",
        "result": "合格",
        "inspected_on": "2026-06-18",
    }


def test_the_form_of_the_traffic_police_is_read_cell_by_cell():
    read = words(
        "1.机动车所有人/身份证明名称/号码 | 张三/居民身份证/110101199001011234",
        "2.登记机关 | 北京市公安局 | 3.登记日期 | 2026-01-05",
        "6.车辆品牌 | 比亚迪牌 | 7.车辆型号 | BYD7150WT6HEV",
        f"9.车辆识别代号/车架号 | {vin(3)} | 10.国产/进口 | 国产",
        "11.发动机号 | 123456 | 12.发动机型号 | BYD472QA",
        "15.制造厂名称 | 比亚迪汽车有限公司 | 32.车辆出厂日期 | 2025-12-01",
    )

    assert {name: one.value for name, one in read.items()} == {
        "vin": vin(3),
        "registered_on": "2026-01-05",
        "owner": "张三",
        "brand": "比亚迪牌",
        "model": "BYD7150WT6HEV",
        "maker": "比亚迪汽车有限公司",
    }


def test_a_later_entry_is_not_the_registration():
    read = words(
        "登记日期 | 2026-01-05",
        "转移登记日期 | 2026-04-01",
        "转让待出口 | 经办人 | 2026-06-30",
    )

    assert read["registered_on"].value == "2026-01-05"
    assert read["transferred_on"].value == "2026-06-30"


def test_a_certificate_without_the_entry_has_no_day_of_transfer():
    assert "transferred_on" not in words("登记日期 | 2026-01-05")


def test_what_is_written_without_proof_is_never_sure():
    read = words("机动车所有人 | 张三", "车辆品牌 | 比亚迪牌", "制造厂名称 | 比亚迫汽车有限公司")

    assert read["maker"].value == "比亚迪汽车有限公司"
    assert not any(one.sure for one in read.values())
