"""The empty letter: a file every word processor opens, with what is known already in it."""

import zipfile
from io import BytesIO
from xml.etree import ElementTree

from django.urls import reverse

from exports.models import Role
from tests.factories import clerk_of, make_exporter, make_manufacturer, make_person

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


def words_of(content: bytes) -> list[str]:
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert archive.testzip() is None
        root = ElementTree.fromstring(archive.read("word/document.xml"))
    return [node.text or "" for node in root.iter(f"{WORD}t")]


def test_the_empty_letter_names_the_company_and_asks_for_all_the_notice_wants(db, signed_in):
    exporter = make_exporter(name_zh="甲<乙>&公司")
    desk = signed_in(clerk_of(exporter))

    response = desk.get(reverse("portal:letter_blank"))

    words = words_of(response.content)
    assert f"出口企业 Exporter：甲<乙>&公司 {exporter.uscc}" in words
    asked = ("生产企业", "出口国别", "车架号", "地址", "盖章", "签发日期")
    assert [word for word in asked if not any(word in text for text in words)] == []
    assert response["Content-Disposition"].endswith('"confirmation-letter.docx"')
    link = f'href="{reverse("portal:letter_blank")}"'
    assert link in desk.get(reverse("portal:letter_add")).content.decode()
    assert link in desk.get(reverse("portal:letters")).content.decode()


def test_a_manufacturer_is_not_offered_an_exporters_letter(db, signed_in):
    person = make_person(Role.OFFICER, make_manufacturer())

    assert signed_in(person).get(reverse("portal:letter_blank")).status_code == 403
