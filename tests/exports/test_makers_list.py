"""A new list of manufacturers: read line by line, compared, applied or taken back as a whole."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from exports.announcement import applying, sheet
from exports.announcement.wording import WORDS, told
from exports.errors import ListEmpty, ListUnreadable, ListUnsettled, Moved, RoleMissing
from exports.models import (
    Event,
    Manufacturer,
    ManufacturerListImport,
    ManufacturerName,
    Office,
    Role,
    User,
)
from tests.factories import NOON, TODAY, clerk_of, make_exporter, make_person, make_uscc

pytestmark = pytest.mark.django_db
OLD, NEW = "某某汽车有限公司", "某某汽车股份有限公司"
OTHER, SALES = "另一汽车有限公司", "某某汽车销售有限公司"
AS_OF = date(2026, 6, 1)
CODE, OTHER_CODE = make_uscc(71), make_uscc(72)
HEAD = "name,uscc,kind,former name,batch,date,evidence\n"


@pytest.fixture
def administrator(office: Office) -> User:
    return make_person(Role.POLICY, office, language="en")


@pytest.fixture
def maker(db: None) -> Manufacturer:
    return unit(OLD, uscc=CODE)


def unit(name: str, *, kind: str = "maker", since: date = date(2010, 1, 1), **facts: object):
    made = Manufacturer.objects.create(kind=kind, uscc=facts.pop("uscc", ""))
    made.names.create(name=name, listed_from=since, **facts)
    return made


def take_in(text: str, *, by: User, as_of: date = AS_OF, complete: bool = False):
    return applying.take_in(
        text.encode(), file_name="list.csv", as_of=as_of, complete=complete, by=by, at=NOON
    )


def apply(listing: ManufacturerListImport, *, by: User) -> None:
    seen = applying.digest_of(applying.difference_of(listing))
    applying.apply(listing, seen=seen, by=by, at=NOON)


def changes(listing: ManufacturerListImport) -> list[tuple[str, int, str]]:
    found = applying.difference_of(listing)
    return [(str(change.what), change.line, change.name) for change in found.changes]


def conflicts(listing: ManufacturerListImport) -> list[tuple[int, str]]:
    return [(each.line, each.code) for each in applying.difference_of(listing).conflicts]


def names() -> list[tuple[object, ...]]:
    rows = ManufacturerName.objects.order_by("manufacturer_id", "listed_from")
    return list(rows.values_list("name", "listed_from", "listed_until", "verified", "batch"))


# --- reading ------------------------------------------------------------------------------------
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("separator", [",", "\t", ";", "，"])
def test_a_list_is_read_in_the_encodings_and_with_the_headings_offices_use(encoding, separator):
    lines = [
        ["企业名称", "统一社会信用代码", "类型", "曾用名", "批次", "日期"],
        ["一汽－大众汽车有限公司", CODE, "生产企业", "", "第401批", "2026年5月8日"],
        ["", "", "", "", "", ""],
        [" 湖北某某专用车有限公司\u200b ", "", "改装车生产企业", "湖北某某厂", "", ""],
    ]
    content = "\r\n".join(separator.join(cells) for cells in lines).encode(encoding)

    rows, wrong = sheet.read_sheet(content, today=TODAY)

    assert wrong == []
    first, second = rows
    assert (first.line, first.uscc, first.kind, first.since) == (2, CODE, "maker", date(2026, 5, 8))
    assert (second.line, second.name) == (4, "湖北某某专用车有限公司")
    assert (second.kind, second.former, second.since) == ("refitter", "湖北某某厂", None)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"PK\x03\x04workbook", "no CSV"),
        (b"name\n\x00", "no CSV"),
        (b"name\n" + b"\xff\xff", "neither UTF-8"),
        ("name,电话\nx,1".encode(), "电话"),
        (b"uscc\nx", "once"),
        (b"name,name\nx,y", "once"),
        (b"", "once"),
        (b"name\n" + b"x\n" * (sheet.MOST_ROWS + 1), "20,000"),
        (b"name\n" + b"x" * (sheet.MOST_BYTES + 1), "2 MB"),
        (b'name\n"' + b"x" * 200_000, "does not end"),
    ],
)
def test_what_is_no_list_is_refused_with_the_reason(content, words):
    with override("en"), pytest.raises(ListUnreadable, match=words):
        sheet.read_sheet(content, today=TODAY)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (",,,,第1批", "name_missing"),
        ("长" * 121, "too_long"),
        (f"{OLD},,,{OLD}", "former_same"),
        (f"{OLD},,银行", "kind_unknown"),
        (f"{OLD},91110000X", "code_wrong"),
        (f"{OLD},,,,,去年", "day_unreadable"),
        (f"{OLD},,,,,2026-02-30", "day_unreadable"),
        (f"{OLD},,,,,{TODAY + timedelta(days=1)}", "day_ahead"),
        (f"甲\n{OLD}\n{OLD}", "name_twice"),
        (f"甲\n{OLD},{CODE}\n{NEW},{CODE}", "code_twice"),
        (f"甲\n{NEW},,,{OLD}\n{OTHER},,,{OLD}", "former_twice"),
    ],
)
def test_a_line_that_cannot_be_taken_is_named(line, code):
    _rows, wrong = sheet.read_sheet(f"{HEAD}{line}\n".encode(), today=TODAY)

    assert [each.code for each in wrong] == [code]
    assert wrong[0].line == line.count("\n") + 2


# --- comparing ----------------------------------------------------------------------------------
def test_a_list_adds_renames_confirms_and_leaves(maker, administrator):
    unit(OTHER)
    unit("已核汽车有限公司", verified=True)
    text = (
        f"{NEW},{CODE},,{OLD},第401批,2026-05-08,工商变更登记通知书\n"
        f"{OTHER},{OTHER_CODE},,,第1批,\n"
        "已核汽车有限公司\n"
        "全新汽车有限公司,,,,第401批,2026-05-08\n"
    )
    listing = take_in(HEAD + text, by=administrator)

    assert changes(listing) == [
        ("renamed", 2, NEW),
        ("confirmed", 3, OTHER),
        ("added", 5, "全新汽车有限公司"),
    ]
    assert applying.difference_of(listing).unchanged == 1
    apply(listing, by=administrator)

    assert names() == [
        (OLD, date(2010, 1, 1), date(2026, 5, 7), False, ""),
        (NEW, date(2026, 5, 8), None, True, "第401批"),
        (OTHER, date(2010, 1, 1), None, True, "第1批"),
        ("已核汽车有限公司", date(2010, 1, 1), None, True, ""),
        ("全新汽车有限公司", date(2026, 5, 8), None, True, "第401批"),
    ]
    renamed = ManufacturerName.objects.get(name=NEW)
    assert (renamed.manufacturer, renamed.evidence) == (maker, "工商变更登记通知书")
    assert renamed.announced_on == date(2026, 5, 8)
    assert ManufacturerName.objects.get(name=OTHER).manufacturer.uscc == OTHER_CODE


def test_a_complete_list_ends_makers_and_refitters_it_does_not_name(maker, administrator):
    unit(OTHER)
    unit("某某专用车有限公司", kind="refitter")
    unit(SALES, kind="sales")
    part = take_in(f"name\n{OLD}\n", by=administrator)
    whole = take_in(f"name\n{OLD}\n", by=administrator, complete=True)

    assert [what for what, _line, _name in changes(part)] == ["confirmed"]
    assert changes(whole)[1:] == [("ended", 0, OTHER), ("ended", 0, "某某专用车有限公司")]
    apply(whole, by=administrator)

    ended = ManufacturerName.objects.get(name=OTHER)
    assert ended.listed_until == AS_OF - timedelta(days=1)
    assert ManufacturerName.objects.get(name=SALES).listed_until is None


def test_a_unit_that_had_left_is_listed_again(maker, administrator):
    maker.names.update(listed_until=date(2020, 12, 31))
    listing = take_in(f"name,date\n{OLD},2026-05-08\n", by=administrator)

    assert changes(listing) == [("relisted", 2, OLD)]
    apply(listing, by=administrator)

    assert [maker.name_on(date(year, 6, 1)) for year in (2019, 2023)] == [OLD, ""]
    assert maker.name_on(TODAY) == OLD


def test_brackets_of_either_width_are_one_name(administrator):
    unit("某某汽车（中国）有限公司", verified=True)

    assert changes(take_in("name\n某某汽车(中国)有限公司\n", by=administrator)) == []


def test_an_unverified_day_yields_to_the_list_and_a_verified_one_does_not(maker, administrator):
    listing = take_in(f"name,date\n{OLD},2015-03-01\n", by=administrator)
    apply(listing, by=administrator)
    assert maker.names.get().listed_from == date(2015, 3, 1)

    again = take_in(f"name,date\n{OLD},2016-03-01\n", by=administrator)

    assert conflicts(again) == [(2, "day_differs")]


def known_units() -> None:
    twin = unit(NEW, since=date(2024, 1, 1))
    twin.names.create(name="曾用汽车厂", listed_from=date(2012, 1, 1), listed_until=AS_OF)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{OLD},,sales", "kind_differs"),
        (f"{OLD},{OTHER_CODE}", "code_differs"),
        (f"{NEW},{CODE}", "code_known"),
        (f"全新汽车有限公司,{CODE}", "code_known"),
        (f"{NEW},,,{OLD}", "both_stand"),
        (f"{OLD},,,从未有过的厂", "former_not_its"),
        ("全新汽车有限公司,,,从未有过的厂", "former_unknown"),
        ("全新汽车有限公司,,,双名汽车有限公司", "name_of_two"),
        ("双名汽车有限公司", "name_of_two"),
        ("曾用汽车厂", "renamed_already"),
        (f"全新汽车有限公司,,,{OLD},,2009-12-31", "too_early"),
        (f"全新汽车有限公司,{OTHER_CODE},,{OLD}", "code_differs"),
        ("已撤汽车有限公司,,,,,2019-01-01", "too_early"),
        ("已撤汽车有限公司,,refitter", "kind_differs"),
        (f"全新汽车有限公司,,,{OLD}\n{OLD}", "both_stand"),
        (f"{OLD}\n全新汽车有限公司,,,{OLD}", "both_stand"),
    ],
)
def test_what_two_sources_say_differently_is_for_a_person(maker, administrator, line, code):
    known_units()
    unit("双名汽车有限公司")
    unit("双名汽车有限公司")
    unit("已撤汽车有限公司", listed_until=date(2020, 1, 1))
    before = names()
    listing = take_in(f"{HEAD}{line}\n", by=administrator, complete=True)

    assert conflicts(listing) == [(line.count("\n") + 2, code)]
    assert "ended" not in {what for what, _line, _name in changes(listing)}
    with pytest.raises(ListUnsettled):
        apply(listing, by=administrator)
    assert names() == before


def test_an_old_list_cannot_end_a_newer_name(maker, administrator):
    unit(OTHER, since=AS_OF)

    listing = take_in(f"name\n{OLD}\n", by=administrator, complete=True)

    assert conflicts(listing) == [(0, "newer_here")]


def test_every_conflict_has_words(maker, administrator):
    known_units()
    text = f"{HEAD}{OLD},,sales\n{NEW},,,{OLD}\n,,,,\nx,,银行,x\n全新汽车有限公司,{CODE}\n"
    found = applying.difference_of(take_in(text, by=administrator)).conflicts

    sentences = [told(conflict) for conflict in found]

    assert len(sentences) == 5
    assert all(each.what and each.mend and "%(" not in each.what + each.mend for each in sentences)
    assert {conflict.code for conflict in found} <= set(WORDS)


# --- applying -----------------------------------------------------------------------------------
def test_nothing_changes_until_it_is_applied_and_then_once(maker, administrator):
    listing = take_in(f"{HEAD}{NEW},,,{OLD}\n", by=administrator)
    assert names() == [(OLD, date(2010, 1, 1), None, False, "")]
    twice = take_in(f"{HEAD}{NEW},,,{OLD}\n", by=administrator)
    assert twice == listing

    apply(listing, by=administrator)
    with pytest.raises(ListEmpty):
        apply(listing, by=administrator)
    again = take_in(f"{HEAD}{NEW},,,{OLD}\n", by=administrator)

    assert again != listing
    assert changes(again) == []
    with pytest.raises(ListEmpty):
        apply(again, by=administrator)
    acts = Event.objects.filter(subject="makers_list").values_list("action", flat=True)
    assert sorted(acts) == ["makers_list.applied", "makers_list.uploaded", "makers_list.uploaded"]
    event = Event.objects.get(action="makers_list.applied")
    assert (event.actor, event.after["renamed"], event.after["added"]) == (administrator.name, 1, 0)


def test_nobody_applies_other_changes_than_they_saw(maker, administrator):
    listing = take_in(f"name\n{OLD}\n{OTHER}\n", by=administrator)
    seen = applying.digest_of(applying.difference_of(listing))
    unit(OTHER, verified=True)

    with pytest.raises(Moved):
        applying.apply(listing, seen=seen, by=administrator, at=NOON)

    listing.refresh_from_db()
    assert listing.applied_at is None


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.REVIEWER, Role.AUDITOR])
def test_only_the_policy_administrator_touches_the_list(maker, administrator, office, role):
    other = make_person(role, office, is_superuser=True)
    listing = take_in(f"name\n{OLD}\n", by=administrator)

    with pytest.raises(RoleMissing):
        take_in("name\nx\n", by=other)
    with pytest.raises(RoleMissing):
        apply(listing, by=other)
    apply(listing, by=administrator)
    with pytest.raises(RoleMissing):
        applying.take_back(listing, by=other, at=NOON)


def mixed(administrator: User) -> ManufacturerListImport:
    unit(OTHER)
    unit("第三汽车有限公司")
    text = f"{NEW},,,{OLD},第401批\n{OTHER},{OTHER_CODE}\n全新汽车有限公司\n"
    listing = take_in(HEAD + text, by=administrator, complete=True)
    apply(listing, by=administrator)
    return listing


def test_a_list_is_taken_back_as_if_it_had_never_been_applied(maker, administrator):
    listing = mixed(administrator)
    assert ManufacturerName.objects.filter(listed_until__isnull=False).count() == 2

    applying.take_back(listing, by=administrator, at=NOON)

    assert names() == [
        (OLD, date(2010, 1, 1), None, False, ""),
        (OTHER, date(2010, 1, 1), None, False, ""),
        ("第三汽车有限公司", date(2010, 1, 1), None, False, ""),
    ]
    assert not Manufacturer.objects.filter(uscc=OTHER_CODE).exists()
    assert not Manufacturer.objects.filter(names__isnull=True).exists()
    with pytest.raises(Moved):
        applying.take_back(listing, by=administrator, at=NOON)
    assert Event.objects.filter(action="makers_list.taken_back").count() == 1


@pytest.mark.parametrize(
    ("name", "change"),
    [
        (NEW, {"listed_until": TODAY}),
        (OTHER, {"evidence": "von Hand"}),
        ("第三汽车有限公司", {"listed_until": date(2026, 1, 1)}),
    ],
)
def test_what_somebody_changed_since_is_not_taken_back(maker, administrator, name, change):
    listing = mixed(administrator)
    ManufacturerName.objects.filter(name=name).update(**change)
    before = names()

    with pytest.raises(Moved):
        applying.take_back(listing, by=administrator, at=NOON)

    assert names() == before
    listing.refresh_from_db()
    assert listing.undone_at is None


def test_a_name_given_by_hand_since_is_not_overwritten(maker, administrator):
    listing = take_in(f"name\n{OTHER}\n", by=administrator, complete=True)
    apply(listing, by=administrator)
    maker.names.create(name=NEW, listed_from=AS_OF)

    with pytest.raises(Moved):
        applying.take_back(listing, by=administrator, at=NOON)


def test_a_unit_people_act_for_already_stays_without_its_name(maker, administrator):
    listing = mixed(administrator)
    made = Manufacturer.objects.get(names__name="全新汽车有限公司")
    make_person(Role.OFFICER, made)

    applying.take_back(listing, by=administrator, at=NOON)

    assert Manufacturer.objects.filter(pk=made.pk, names__isnull=True).exists()


def test_three_thousand_lines_are_compared_in_two_queries(administrator, django_assert_num_queries):
    text = "name\n" + "".join(f"第{number}汽车有限公司\n" for number in range(3000))
    listing = take_in(text, by=administrator)

    with django_assert_num_queries(2):
        found = applying.difference_of(listing)

    assert len(found.changes) == 3000


# --- the pages ----------------------------------------------------------------------------------
ADD = "workbench:exports_manufacturerlistimport_add"


def send(client, text: str, *, complete: bool = False, follow: bool = True):
    form = {"file": SimpleUploadedFile("公告.csv", text.encode()), "as_of": AS_OF.isoformat()}
    form |= {"complete": "on"} if complete else {}
    return client.post(reverse(ADD), form, follow=follow)


def page_of(listing: ManufacturerListImport) -> str:
    return reverse("workbench:exports_manufacturerlistimport_change", args=[listing.pk])


def test_a_list_is_uploaded_looked_at_applied_and_taken_back(client, maker, administrator):
    client.force_login(administrator)
    unit(OTHER)
    assert client.get(reverse(ADD)).status_code == 200

    page = send(client, f"{HEAD}{NEW},,,{OLD},第401批\n全新汽车有限公司\n", complete=True)

    text = page.content.decode()
    assert all(name in text for name in (NEW, OLD, "全新汽车有限公司", OTHER, "第401批"))
    assert ManufacturerName.objects.count() == 2
    listing = ManufacturerListImport.objects.get()
    seen = page.context["form"].initial["seen"]
    untick = client.post(page_of(listing), {"seen": seen})
    assert untick.status_code == 422
    assert ManufacturerName.objects.count() == 2
    done = client.post(page_of(listing), {"seen": seen, "endings": "on"}, follow=True)
    assert "The list is applied" in done.content.decode()
    assert ManufacturerName.objects.count() == 4
    back = client.post(page_of(listing), {"take_back": "yes"}, follow=True)
    assert "taken back" in back.content.decode()
    assert ManufacturerName.objects.count() == 2
    again = client.post(page_of(listing), {"take_back": "yes"}, follow=True)
    assert "has moved on" in again.content.decode()


def test_conflicts_stand_on_the_page_with_their_lines_and_no_button(client, maker, administrator):
    client.force_login(administrator)

    page = send(client, f"{HEAD}全新汽车有限公司\n{OLD},,sales\n全新<b>x</b>,,,x\n")

    text = page.content.decode()
    assert "2 conflicts" in text
    assert '<th scope="row" class="num">3</th>' in text
    assert "<b>x" not in text
    assert "Apply the list" not in text


def test_an_unchanged_list_says_so(client, administrator):
    unit(OLD, verified=True)
    client.force_login(administrator)

    text = send(client, f"name\n{OLD}\n").content.decode()

    assert "Everything stands as the list says" in text
    assert "Apply the list" not in text


def test_a_file_that_is_no_list_comes_back_on_the_form(client, administrator):
    client.force_login(administrator)

    page = send(client, "PK\x03\x04")

    assert page.status_code == 422
    assert "no CSV" in page.content.decode()
    assert not ManufacturerListImport.objects.exists()


def test_others_only_look(client, maker, administrator, office):
    listing = take_in(f"name\n{OLD}\n", by=administrator)
    client.force_login(make_person(Role.AUDITOR, office, language="en"))

    shown = client.get(page_of(listing))

    assert shown.status_code == 200
    assert "Apply the list" not in shown.content.decode()
    assert client.get(reverse(ADD)).status_code == 403
    assert client.post(page_of(listing), {"seen": "x"}).status_code == 403
    assert client.get(page_of(listing).replace(str(listing.pk), "999")).status_code == 404
    client.force_login(clerk_of(make_exporter()))
    assert client.get(page_of(listing)).status_code == 403
