"""Spreadsheets: read with all their mess, mended by groups, saved once."""

import zipfile
from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from documents.models import ColumnMemory, RegistryAnswer, Sheet, SheetRow
from documents.sheets import (
    cells,
    checking,
    columns,
    job,
    mending,
    receiving,
    saving,
    taking,
    wording,
    working,
)
from documents.sheets.grouping import groups_of
from exports.errors import ColumnsUnclear, Moved, NotAllowed, UploadRefused
from exports.models import Application, Event, Notice, Role, Vehicle
from tests import sheets
from tests.factories import (
    NOON,
    TODAY,
    clerk_of,
    make_case,
    make_destination,
    make_exporter,
    make_manufacturer,
    make_person,
    make_port,
    make_vehicle,
    make_vin,
)

State = Sheet.State
Row = SheetRow.State


@pytest.fixture
def exporter(db):
    make_manufacturer()
    make_destination()
    make_destination("RU")
    make_port()
    return make_exporter()


@pytest.fixture
def clerk(exporter):
    return clerk_of(exporter)


def bring(exporter, by, content: bytes, *, name: str = "cars.xlsx", at=NOON) -> Sheet:
    """Upload *content* and work as far as the machine can."""
    file = SimpleUploadedFile(name, content)
    sheet = receiving.receive(file, exporter=exporter, by=by, at=at)
    return work(sheet, at=at)


def work(sheet: Sheet, *, at=NOON) -> Sheet:
    while (claimed := working.claim(sheet.pk, at=at)) and working.take_step(claimed, at=at):
        pass
    return Sheet.objects.select_related("exporter").get(pk=sheet.pk)


def states(sheet: Sheet) -> dict[str, int]:
    found: dict[str, int] = {}
    for state in sheet.rows.values_list("state", flat=True):
        found[state] = found.get(state, 0) + 1
    return found


def group(sheet: Sheet, field: str, code: str):
    [found] = [
        each
        for each in groups_of(sheet)
        if (each.first["field"], each.first["code"]) == (field, code)
    ]
    return found


def fix(sheet: Sheet, by, field: str, code: str, *, how: str = "fix", value: str = "") -> int:
    changes = mending.changes_for(group(sheet, field, code), how=how, value=value)
    return mending.mend(sheet, changes, by=by, at=NOON)


def test_a_list_with_all_its_mess_is_read_and_its_problems_grouped_by_repair(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))

    assert (sheet.state, sheet.tab, sheet.total) == (State.CHECKED, "十一月", 80)
    assert states(sheet) == {Row.READY: 68, Row.BAD: 12}
    said = [(g.first["field"], g.first["code"], len(g.problems)) for g in groups_of(sheet)]
    assert said[:2] == [("destination", "word", 7), ("vin", "vin_letters", 3)]
    assert said[2:] == [("registered_on", "day_impossible", 1)] * 2
    wanted = {"other_tabs": 1, "hidden_tabs": 1, "hidden_rows": 1, "above": 2, "blank": 1}
    assert sheet.remarks == wanted | {"repeated_heads": 1, "totals": 1}
    ready = sheet.rows.filter(state=Row.READY)
    facts = {(r.facts["registered_on"], r.facts["hs_code"], r.facts["odometer_km"]) for r in ready}
    assert facts == {((TODAY - timedelta(days=300)).isoformat(), "8703801090", 5200)}
    assert set(ready.values_list("exempt", flat=True)) == {False}  # no rule is in force here


def test_repairs_of_groups_mend_and_the_rest_is_mended_by_hand(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))

    assert fix(sheet, clerk, "destination", "word") == 7
    assert fix(sheet, clerk, "vin", "vin_letters") == 3
    bad = list(sheet.rows.filter(state=Row.BAD))
    changes = [
        mending.Change(row.pk, "registered_on", (TODAY - timedelta(days=290)).isoformat())
        for row in bad
    ]
    mending.mend(sheet, changes, by=clerk, at=NOON)

    assert states(sheet) == {Row.READY: 80}
    assert Event.objects.filter(action="sheet.mended").count() == 3


def test_the_last_repair_can_be_undone_once(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))
    fix(sheet, clerk, "destination", "word")

    assert mending.undo(sheet, by=clerk, at=NOON) == 7

    assert len(group(sheet, "destination", "word").problems) == 7
    with pytest.raises(Moved):
        mending.undo(sheet, by=clerk, at=NOON)


def test_ready_rows_become_vehicles_and_drafts_of_twenty_once(exporter, clerk):
    rows = [sheets.clean_row(n, country="KZ" if n < 26 else "RU") for n in range(30)]
    sheet = bring(exporter, clerk, sheets.workbook(rows))
    plan = saving.plan_of(sheet)
    assert sorted(len(batch.rows) for batch in plan.batches) == [4, 6, 20]

    receiving.proceed(sheet, by=clerk, at=NOON, drafts=True, market_declaration=True)
    sheet = work(sheet)
    sizes = sorted(a.lines.count() for a in Application.objects.filter(exporter=exporter))

    assert (sheet.state, states(sheet)) == (State.CHECKED, {Row.SAVED: 30})
    assert sizes == [4, 6, 20]
    assert set(Application.objects.values_list("market_declaration", flat=True)) == {True}
    assert Vehicle.objects.filter(exporter=exporter).count() == 30
    assert saving.plan_of(sheet).batches == []
    receiving.proceed(sheet, by=clerk, at=NOON, drafts=True)
    work(sheet)
    assert Application.objects.filter(exporter=exporter).count() == 3


def test_rows_that_need_nobody_are_set_apart(exporter, clerk):
    old, live = make_vehicle(exporter, by=clerk), make_vehicle(exporter, by=clerk)
    make_case(exporter, live, by=clerk)
    twice = make_vin()
    vins = [old.vin, live.vin, twice, twice, make_vin()]
    sheet = bring(exporter, clerk, sheets.workbook([sheets.clean_row(1, vin=vin) for vin in vins]))

    kinds = list(sheet.rows.values_list("state", flat=True))
    assert kinds == [Row.KNOWN, Row.LIVE, Row.READY, Row.TWICE, Row.READY]


def test_a_vehicle_of_the_fleet_is_changed_only_when_asked(exporter, clerk):
    vehicle = make_vehicle(exporter, by=clerk, odometer_km=1)
    sheet = bring(exporter, clerk, sheets.workbook([sheets.clean_row(1, vin=vehicle.vin)]))
    receiving.proceed(sheet, by=clerk, at=NOON, update=False)
    work(sheet)
    vehicle.refresh_from_db()
    assert vehicle.odometer_km == 1

    again = bring(exporter, clerk, sheets.workbook([sheets.clean_row(2, vin=vehicle.vin)]))
    receiving.proceed(again, by=clerk, at=NOON, update=True)
    work(again)

    vehicle.refresh_from_db()
    assert vehicle.odometer_km == 5200


def test_downloaded_rows_come_back_to_their_list_without_duplicates(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))
    book = load_workbook(BytesIO(taking.rows_to_mend(sheet)))
    page = book.active
    heads = [cell.value for cell in page[1]]
    assert heads[: len(sheets.HEADS)] == list(sheets.HEADS)
    assert page.column_dimensions[get_column_letter(len(heads))].hidden
    for row in page.iter_rows(min_row=2):
        row[9].value = "KZ"

    back = bring(exporter, clerk, sheets.saved(book), name="fixed.xlsx")

    assert (back.state, back.merged_into) == (State.MERGED, sheet)
    assert states(sheet) == {Row.READY: 75, Row.BAD: 5}
    assert sheet.rows.count() == 80


def test_rows_named_by_another_company_are_not_touched(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))
    stranger = make_exporter()

    back = bring(stranger, clerk_of(stranger), taking.rows_to_mend(sheet))

    assert back.merged_into is None
    assert states(sheet) == {Row.READY: 68, Row.BAD: 12}


def test_own_headers_are_named_once_and_remembered(exporter, clerk):
    heads = ["No.", "Frame", "Marke", "Typ", "Werk", "Zolltarif", "Datum"]
    rows = [[n, make_vin(), "BYD", "Han", "BYD", 8703801090, "2026-01-05"] for n in (1, 2)]
    sheet = bring(exporter, clerk, sheets.workbook(rows[:1], heads=heads))
    assert sheet.state == State.COLUMNS
    named = ["", "vin", "brand", "model", "maker_name", "hs_code", "registered_on"]

    receiving.name_columns(sheet, named, by=clerk, at=NOON)
    assert states(work(sheet)) == {Row.READY: 1}
    again = bring(exporter, clerk, sheets.workbook(rows[1:], heads=heads))

    assert (again.state, states(again)) == (State.CHECKED, {Row.READY: 1})
    assert ColumnMemory.objects.get().columns == named
    with pytest.raises(ColumnsUnclear):
        receiving.name_columns(again, ["", *["vin"] * 6], by=clerk, at=NOON)


def test_ambiguous_days_are_asked_and_read_as_a_person_says(exporter, clerk):
    rows = [sheets.clean_row(n, day="5/6/2026") for n in (1, 2)]
    sheet = bring(exporter, clerk, sheets.workbook(rows))
    assert states(sheet) == {Row.BAD: 2}

    fix(sheet, clerk, "registered_on", "day_ambiguous", how="month_first")

    days = {row.facts["registered_on"] for row in sheet.rows.all()}
    assert (days, states(sheet)) == ({"2026-05-06"}, {Row.READY: 2})


def test_a_doubt_is_kept_when_a_person_has_compared_it_with_the_paper(exporter, clerk):
    vin = "LGXC74CG1T0000001" if make_vin(1) != "LGXC74CG1T0000001" else "LGXC74CG2T0000001"
    sheet = bring(exporter, clerk, sheets.workbook([sheets.clean_row(1, vin=vin)]))
    assert states(sheet) == {Row.BAD: 1}

    fix(sheet, clerk, "vin", "vin_digit", how="keep")

    assert states(sheet) == {Row.READY: 1}


def test_the_registry_is_believed_only_about_ones_own_cars(exporter, clerk):
    vins = [make_vin(), make_vin()]
    for vin, uscc in zip(vins, (exporter.uscc, "91110000000000000X"), strict=True):
        RegistryAnswer.objects.create(
            vin=vin, answered_at=NOON, source="x", registered_on=TODAY, owner_uscc=uscc
        )
    sheet = bring(exporter, clerk, sheets.workbook([sheets.clean_row(1, vin=vin) for vin in vins]))
    assert states(sheet) == {Row.BAD: 1, Row.READY: 1}

    fix(sheet, clerk, "registered_on", "registry")

    assert sheet.rows.get(vin=vins[0]).facts["registered_on"] == TODAY.isoformat()


def test_strangers_and_readers_change_nothing(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))
    viewer = make_person(Role.VIEWER, exporter)
    outsider = clerk_of(make_exporter())
    change = mending.Change(sheet.rows.first().pk, "brand", "x")
    for person in (viewer, outsider):
        for act in (
            lambda by: mending.mend(sheet, [change], by=by, at=NOON),
            lambda by: mending.undo(sheet, by=by, at=NOON),
            lambda by: receiving.proceed(sheet, by=by, at=NOON),
            lambda by: receiving.discard(sheet, by=by, at=NOON),
            lambda by: receiving.name_columns(sheet, sheet.columns, by=by, at=NOON),
            lambda by: bring(exporter, by, sheets.messy(3, bad=False)),
        ):
            with pytest.raises(NotAllowed):
                act(person)
    assert Sheet.objects.visible_to(outsider).count() == 0
    assert Sheet.objects.visible_to(viewer).get() == sheet


def test_a_list_at_work_is_left_alone(exporter, clerk):
    sheet = bring(exporter, clerk, sheets.messy(80))
    Sheet.objects.update(state=State.SAVING)
    change = mending.Change(sheet.rows.first().pk, "brand", "x")

    for act in (
        lambda: mending.mend(sheet, [change], by=clerk, at=NOON),
        lambda: receiving.proceed(sheet, by=clerk, at=NOON),
        lambda: receiving.discard(sheet, by=clerk, at=NOON),
    ):
        with pytest.raises(Moved):
            act()


def test_the_same_file_twice_is_one_list_and_work_that_died_is_resumed(exporter, clerk):
    content = sheets.messy(130)
    file = SimpleUploadedFile("a.xlsx", content)
    sheet = receiving.receive(file, exporter=exporter, by=clerk, at=NOON)
    assert receiving.receive(file, exporter=exporter, by=clerk, at=NOON) == sheet
    working.take_step(working.claim(sheet.pk, at=NOON), at=NOON)
    working.take_step(working.claim(sheet.pk, at=NOON), at=NOON)
    assert sheet.rows.exclude(state=Row.WAITING).count() == working.FIRST
    assert working.claim(sheet.pk, at=NOON)  # and its worker dies
    assert working.claim(sheet.pk, at=NOON) is None
    later = NOON + timedelta(hours=1)
    assert working.waiting(later) == [sheet.pk]

    assert work(sheet, at=later).state == State.CHECKED
    assert sheet.rows.filter(state=Row.WAITING).count() == 0
    assert Notice.objects.filter(to=clerk, template="documents/sheet_checked").count() == 1


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("a.xlsx", b"PK\x03\x04 nonsense", "unreadable"),
        ("a.csv", b"\x00\x01\x02", "no_text"),
        ("a.csv", b"vin,brand\n", "no_rows"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "unreadable"),
        ("a.csv", b"vin,brand\n" + b"x,y\n" * 5001, "too_many_rows"),
    ],
)
def test_what_is_no_list_is_refused_in_words(exporter, clerk, name, content, problem):
    sheet = bring(exporter, clerk, content, name=name)

    assert (sheet.state, sheet.problem) == (State.BROKEN, problem)
    assert wording.broken(sheet.problem)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.xlsx", b""), ("a.pdf", b"%PDF-1.7"), ("a.csv", b"%PDF-1.7"), ("a.docx", b"PK\x03\x04")],
)
def test_other_files_are_turned_away_at_the_door(exporter, clerk, name, content):
    file = SimpleUploadedFile(name, content)

    with pytest.raises(UploadRefused):
        receiving.receive(file, exporter=exporter, by=clerk, at=NOON)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_texts_are_read_in_every_usual_writing(tmp_path, encoding, sign):
    path = tmp_path / "list"
    rows = [["车架号", "品牌", "目的国"], ["LGX", "比亚迪", "俄罗斯"]]
    path.write_bytes("\r\n".join(sign.join(row) for row in rows).encode(encoding))

    report = job.perform({"path": str(path), "kind": "csv"})

    assert (report["heads"], report["rows"]) == (rows[0], [(2, rows[1])])


def test_a_workbook_that_unpacks_to_far_too_much_is_not_unpacked(tmp_path):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(8):
            archive.writestr(f"xl/{number}", b"\0" * 20_000_000)

    assert job.perform({"path": str(path), "kind": "xlsx"}) == {"refused": "too_large_unpacked"}


def test_a_formula_without_a_result_is_said_and_not_calculated(exporter, clerk):
    row = sheets.clean_row(1)
    row[7] = "=5000+200"
    sheet = bring(exporter, clerk, sheets.workbook([row]))

    assert [problem["code"] for problem in sheet.rows.get().problems] == ["formula"]


def test_the_empty_list_is_understood_when_it_comes_back(exporter, clerk):
    book = load_workbook(BytesIO(taking.template()))
    heads = [cell.value for cell in book.worksheets[0][1]]

    assert columns.columns_of(heads) == list(columns.FIELDS)
    for language in ("zh-hans", "en"):
        with override(language):
            for name, choices in taking.drop_downs().items():
                if name != "maker_name":
                    ground = checking.ground_on(TODAY)
                    for word in choices:
                        assert cells.read_cell(name, word, words=ground.words).problem is None, word


@pytest.mark.parametrize("text", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "\t=1", "＝1+1", "-2+3"])
def test_no_downloaded_cell_is_a_formula(exporter, clerk, text):
    row = sheets.clean_row(1)
    row[2], row[9] = text, text
    heads = [text, *sheets.HEADS[1:]]
    content = "\n".join(";".join(map(str, line)) for line in (heads, row)).encode()
    sheet = bring(exporter, clerk, content, name="a.csv")
    page = load_workbook(BytesIO(taking.rows_to_mend(sheet))).active

    found = [cell for line in page.iter_rows() for cell in line if cell.data_type == "f"]
    shown = [str(page["A1"].value), str(page["J2"].value)]
    assert found == []
    assert not any(value.strip().startswith(("=", "+", "@", "-")) for value in shown)
