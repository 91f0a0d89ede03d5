import io
import re
from datetime import date, datetime, timedelta, timezone

import pikepdf
import pypdfium2
import pytest
import zxingcpp

from reviews.paper import LicenceSheet, VehicleRow, draw_licence

DRAWN_AT = datetime(2026, 6, 30, 9, 0, tzinfo=timezone(timedelta(hours=8)))
VERIFY_URL = "https://chuguan.example/verify/Qm7tK2vXc9RfBpLw4ZsYhA/"
MARKUP = '#panic("no") $x$ *b* _i_ `r` @ref <l> \\ // /* ${x}'
RARE_HANZI = "堃祎玥羿頔㛃"
BOXES = (
    "1出口商",
    "2发货人",
    "3出口许可证号",
    "4出口许可证有效截止日期",
    "5贸易方式",
    "6合同号",
    "7报关口岸",
    "8进口国",
    "9付款方式",
    "10运输方式",
    "11商品名称",
    "12规格",
    "13单位",
    "14数量",
    "15单价",
    "16总值",
    "17总值折美元",
    "18总计",
    "19备注",
    "20发证机关签章",
    "21发证日期",
)


def make_row(position=1, **changed):
    facts = {
        "position": position,
        "vin": f"LGXCE4CB5R{position:07d}",
        "brand": "比亚迪牌",
        "model": f"BYD7152WT6HEV{position}",
        "maker": "比亚迪汽车有限公司",
        "fuel": "插电式混合动力",
        "odometer_km": 38,
        "use": "非营运",
        "registered_on": date(2026, 1, 1),
        "transferred_on": date(2026, 2, 3),
        "owner": "阿拉山口远道汽车贸易有限公司",
    }
    return VehicleRow(**facts | changed)


def make_sheet(**changed):
    facts = {
        "number": "26-AA-100123",
        "exporter_name": "阿拉山口远道汽车贸易有限公司",
        "exporter_uscc": "91652702MA77WXYZ1A",
        "consignor_name": "阿拉山口远道汽车贸易有限公司",
        "issuing_office": "新疆维吾尔自治区商务厅",
        "destination_zh": "哈萨克斯坦",
        "destination_en": "Kazakhstan",
        "port_zh": "霍尔果斯",
        "port_en": "Khorgos",
        "contract_number": "ALSK-2026-0042",
        "hs_code": "8703601900",
        "goods_name": "二手车",
        "goods_status": "旧",
        "unit": "辆",
        "issued_on": date(2026, 6, 30),
        "valid_from": date(2026, 6, 30),
        "valid_until": date(2026, 12, 30),
        "remark": "",
        "verify_url": VERIFY_URL,
        "early_note": "",
        "vehicles": (make_row(),),
    }
    return LicenceSheet(**facts | changed)


def page_texts(pdf):
    with pypdfium2.PdfDocument(pdf) as document:
        return [page.get_textpage().get_text_bounded() for page in document]


def plain(text):
    """Without the breaks of lines and the zero-width places where a line may break."""
    return re.sub(r"[\s\u200b\ufffe]", "", text)


def test_the_first_page_carries_the_facts_of_the_form():
    first, _annex = page_texts(draw_licence(make_sheet(), drawn_at=DRAWN_AT))

    for fact in (
        "26-AA-100123",
        "阿拉山口远道汽车贸易有限公司",
        "91652702MA77WXYZ1A",
        "新疆维吾尔自治区商务厅",
        "哈萨克斯坦 Kazakhstan",
        "霍尔果斯 Khorgos",
        "ALSK-2026-0042",
        "8703601900",
        "2026-06-30",
        "2026-12-30",
    ):
        assert fact in first


def test_all_21_boxes_of_the_form_are_on_the_first_page():
    first, _annex = page_texts(draw_licence(make_sheet(), drawn_at=DRAWN_AT))

    assert [title for title in BOXES if title not in plain(first)] == []


def test_twenty_vehicles_fit_one_annex_with_both_registration_dates():
    rows = tuple(
        make_row(position, registered_on=date(2026, 1, position), transferred_on=date(2026, 2, 3))
        for position in range(1, 21)
    )

    first, annex = page_texts(draw_licence(make_sheet(vehicles=rows), drawn_at=DRAWN_AT))

    assert [row.vin for row in rows if row.vin not in annex] == []
    assert [row.registered_on for row in rows if f"{row.registered_on}" not in annex] == []
    assert annex.count("2026-02-03") == 20
    assert "另有15种品牌型号" in plain(first)


def test_an_unknown_date_or_odometer_is_a_dash():
    row = make_row(transferred_on=None, odometer_km=None)

    _first, annex = page_texts(draw_licence(make_sheet(vehicles=(row,)), drawn_at=DRAWN_AT))

    assert annex.count("—") == 2


def test_every_page_says_which_it_is_and_of_how_many():
    first, annex = page_texts(draw_licence(make_sheet(), drawn_at=DRAWN_AT))

    assert "第1页共2页" in plain(first)
    assert "第2页共2页" in plain(annex)


def test_the_code_on_every_page_leads_to_the_record():
    with pypdfium2.PdfDocument(draw_licence(make_sheet(), drawn_at=DRAWN_AT)) as document:
        for page in document:
            picture = page.render(scale=2).to_pil()

            assert [found.text for found in zxingcpp.read_barcodes(picture)] == [VERIFY_URL]
            assert "Qm7tK2vXc9RfBpLw4ZsYhA" in page.get_textpage().get_text_bounded()


def test_the_note_on_early_export_and_the_remark_stand_in_box_19():
    sheet = make_sheet(early_note="已核对售后维修服务确认书", remark="无")

    assert "无已核对售后维修服务确认书" in plain(
        page_texts(draw_licence(sheet, drawn_at=DRAWN_AT))[0]
    )


def test_the_same_sheet_at_the_same_moment_gives_the_same_bytes():
    once = draw_licence(make_sheet(), drawn_at=DRAWN_AT)
    draw_licence(make_sheet(number="another"), drawn_at=DRAWN_AT)

    assert draw_licence(make_sheet(), drawn_at=DRAWN_AT) == once
    assert draw_licence(make_sheet(), drawn_at=DRAWN_AT + timedelta(seconds=1)) != once


def test_it_is_an_archive_pdf_with_every_font_inside():
    with pikepdf.open(io.BytesIO(draw_licence(make_sheet(), drawn_at=DRAWN_AT))) as pdf:
        metadata = pdf.open_metadata()
        fonts = [
            font.DescendantFonts[0].FontDescriptor
            for page in pdf.pages
            for font in page.Resources.Font.values()
        ]

        assert metadata.pdfa_status == "2B"
        assert fonts
        assert all("/FontFile3" in font or "/FontFile2" in font for font in fonts)


@pytest.mark.parametrize("field", ["exporter_name", "remark", "contract_number", "destination_en"])
def test_markup_in_a_value_is_printed_and_not_read(field):
    sheet = make_sheet(**{field: MARKUP})

    assert plain(MARKUP) in plain(page_texts(draw_licence(sheet, drawn_at=DRAWN_AT))[0])


def test_rare_characters_of_names_are_printed():
    sheet = make_sheet(exporter_name=RARE_HANZI)

    assert RARE_HANZI in page_texts(draw_licence(sheet, drawn_at=DRAWN_AT))[0]


@pytest.mark.parametrize("stranger", ["\x00", "\u202e", "\u200b", "😀", "ไ", "\ufffe", "\ue000"])
def test_what_cannot_be_printed_is_seen_to_be_missing(stranger):
    sheet = make_sheet(exporter_name=f"甲{stranger}乙")

    assert "甲〓乙" in page_texts(draw_licence(sheet, drawn_at=DRAWN_AT))[0]


def test_very_long_values_lose_nothing():
    row = make_row(model="M" * 300, owner="名" * 300)
    sheet = make_sheet(exporter_name="阿" * 500, remark="备" * 2000, vehicles=(row,))

    text = plain("".join(page_texts(draw_licence(sheet, drawn_at=DRAWN_AT))))

    assert "阿" * 500 in text
    assert text.count("M" * 300) == 2
    assert "名" * 300 in text
    assert text.count("备") >= 2000
