from dataclasses import replace
from datetime import date

import pypdfium2
import pytest
from PIL import ImageChops

from reviews.demo.letters import (
    Certificate,
    Letter,
    draw_certificate,
    draw_letter,
    draw_paper,
)

MARKUP = '#panic("no")$x$*b*@ref<l>'
LETTER = Letter(
    number="ASC-2026-000123",
    manufacturer_name="比亚迪汽车有限公司",
    issuer_name="比亚迪汽车有限公司",
    destination_zh="哈萨克斯坦",
    destination_en="Kazakhstan",
    exporter_name="阿拉山口远道汽车贸易有限公司",
    exporter_uscc="91652702MA77WXYZ1A",
    vehicles=(
        ("LGXCE4CB5R0000001", "比亚迪牌", "BYD7152WT6HEV3", date(2026, 1, 1)),
        ("LGXCE4CB5R0000002", "比亚迪牌", "BYD7152WT6HEV3", date(2026, 1, 2)),
    ),
    outlets=(
        (
            "哈萨克斯坦 Kazakhstan",
            "Almaty Auto Service",
            "18 Tole Bi",
            "Astana Motors",
            "+7 727 355 1234",
        ),
    ),
    issued_on=date(2026, 3, 1),
    valid_until=date(2026, 9, 1),
    sealed=True,
)
CERTIFICATE = Certificate(
    number="650012345678",
    authority="乌鲁木齐市公安局车辆管理所",
    owner="阿拉山口远道汽车贸易有限公司",
    vin="LGXCE4CB5R0000001",
    brand="比亚迪牌",
    model="BYD7152WT6HEV3",
    maker="比亚迪汽车有限公司",
    fuel="插电式混合动力",
    use="非营运",
    registered_on=date(2026, 1, 1),
    transferred_on=date(2026, 2, 1),
)


def lines_of(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        texts = [page.get_textpage().get_text_bounded() for page in document]
    return [line.strip() for text in texts for line in text.splitlines()]


def red_box_in_mm(pdf):
    """The box around all red ink of the first page, or None."""
    with pypdfium2.PdfDocument(pdf) as document:
        red, green, _blue = document[0].render(scale=2).to_pil().convert("RGB").split()
    box = ImageChops.subtract(red, green).point(lambda level: 255 * (level > 80)).getbbox()
    return box and [round((box[side + 2] - box[side]) / 2 / 72 * 25.4) for side in (0, 1)]


def test_the_letter_says_one_thing_a_line_in_the_agreed_order():
    assert lines_of(draw_letter(LETTER))[:13] == [
        "售后维修服务确认书",
        "After-sales Repair Service Confirmation",
        "编号 No.: ASC-2026-000123",
        "生产企业 Manufacturer: 比亚迪汽车有限公司",
        "出具单位 Issued by: 比亚迪汽车有限公司",
        "出口国别 Destination: 哈萨克斯坦 Kazakhstan",
        "出口企业 Exporter: 阿拉山口远道汽车贸易有限公司 91652702MA77WXYZ1A",
        "序号 No. 车架号 VIN 品牌 Brand 型号 Model 注册登记日期 Registered on",
        "1 LGXCE4CB5R0000001 比亚迪牌 BYD7152WT6HEV3 2026-01-01",
        "2 LGXCE4CB5R0000002 比亚迪牌 BYD7152WT6HEV3 2026-01-02",
        "服务网点 Service outlets",
        "国家 Country 名称 Name 地址 Address 服务商 Provider 电话 Phone",
        "哈萨克斯坦 Kazakhstan Almaty Auto Service 18 Tole Bi Astana Motors +7 727 355 1234",
    ]


def test_the_dates_stand_on_one_line_and_an_open_end_is_left_out():
    bounded = lines_of(draw_letter(LETTER))
    unbounded = lines_of(draw_letter(replace(LETTER, valid_until=None)))

    assert "签发日期 Date: 2026-03-01 有效期至 Valid until: 2026-09-01" in bounded
    assert "签发日期 Date: 2026-03-01" in unbounded


def test_the_seal_is_round_42_mm_wide_and_only_where_it_was_set():
    assert red_box_in_mm(draw_letter(LETTER)) == [42, 42]
    assert red_box_in_mm(draw_letter(replace(LETTER, sealed=False))) is None


def test_the_seal_adds_nothing_to_the_text_layer():
    assert lines_of(draw_letter(LETTER)) == lines_of(draw_letter(replace(LETTER, sealed=False)))


@pytest.mark.parametrize(
    "name", ["", "甲", "广西壮族自治区南宁市某某新能源汽车销售服务有限责任公司"]
)
def test_a_seal_can_carry_a_name_of_any_length(name):
    assert red_box_in_mm(draw_letter(replace(LETTER, issuer_name=name))) == [42, 42]


def test_many_vehicles_run_over_to_a_second_page():
    lines = lines_of(draw_letter(replace(LETTER, vehicles=LETTER.vehicles * 30)))

    assert sum("LGXCE4CB5R" in line for line in lines) == 60
    assert "2 / 2" in lines


def test_a_letter_without_vehicles_or_outlets_is_still_a_letter():
    lines = lines_of(draw_letter(replace(LETTER, vehicles=(), outlets=())))

    assert lines[0] == "售后维修服务确认书"


def test_the_certificate_is_marked_as_a_specimen_and_shows_both_dates():
    lines = lines_of(draw_certificate(CERTIFICATE))

    assert "样本 SPECIMEN" in lines
    assert "登记日期 Registered on 2026-01-01" in lines
    assert "9 车辆识别代号/车架号 VIN LGXCE4CB5R0000001" in lines
    assert "转让待出口 Transferred for export 2026-02-01" in lines


def test_a_certificate_before_transfer_has_no_transfer_entry():
    lines = lines_of(draw_certificate(replace(CERTIFICATE, transferred_on=None)))

    assert not any("转让待出口" in line for line in lines)


def test_a_plain_paper_carries_its_title_and_lines():
    lines = lines_of(draw_paper("二手车出口合同 Contract", ["合同号 No.: X-1", "卖方 Seller: 甲"]))

    assert lines[:3] == ["二手车出口合同 Contract", "合同号 No.: X-1", "卖方 Seller: 甲"]


def test_the_same_paper_is_the_same_file():
    assert draw_letter(LETTER) == draw_letter(LETTER)
    assert draw_certificate(CERTIFICATE) == draw_certificate(CERTIFICATE)
    assert draw_paper("甲", ["乙"]) == draw_paper("甲", ["乙"])


def test_markup_in_a_value_is_printed_and_not_read():
    assert f"编号 No.: {MARKUP}" in lines_of(draw_letter(replace(LETTER, number=MARKUP)))
    assert lines_of(draw_paper(MARKUP, [MARKUP]))[:2] == [MARKUP, MARKUP]
    assert any(
        MARKUP in line for line in lines_of(draw_certificate(replace(CERTIFICATE, owner=MARKUP)))
    )
