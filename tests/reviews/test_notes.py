"""Notes: who writes and reads them, how they are corrected, whom they reach."""

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils.translation import override

from exports.errors import Moved, NotAllowed, ReasonNeeded, RoleMissing
from exports.models import Event, Notice, Office, Role
from exports.notices import message
from reviews import notes
from reviews.models import Case, Mention, Note
from tests.factories import (
    BYD,
    NOON,
    clerk_of,
    make_exporter,
    make_failing_case,
    make_manufacturer,
    make_office,
    make_person,
)

pytestmark = pytest.mark.usefixtures("law")


@pytest.fixture
def case(exporter, clerk) -> Case:
    return make_failing_case(exporter, by=clerk)


def write(subject, text, *, by, **more) -> Note:
    return notes.write(subject, by=by, at=NOON, note=text, **more)


def page(case: Case) -> str:
    return reverse("workbench:case", args=[case.reference])


def notes_page(case: Case) -> str:
    return reverse("workbench:case_notes", args=[case.reference])


# --- writing ----------------------------------------------------------------------------------
def test_a_note_stands_on_the_case_and_the_ledger_seals_its_words(case, reviewer):
    note = write(case, "  印章看不清  ", by=reviewer)

    event = Event.objects.get(action="note.written")
    assert (note.text, note.about, note.office) == ("印章看不清", case, reviewer.office)
    assert (event.subject, event.subject_key) == ("case", case.reference)
    assert event.after["note"] == note.pk
    assert len(event.after["sha256"]) == 64
    assert "印章" not in event.note


def test_a_note_without_words_is_refused(case, reviewer):
    with pytest.raises(ReasonNeeded):
        write(case, "  \n ", by=reviewer)


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.POLICY])
def test_who_only_reads_writes_no_note(case, exporter, office, role):
    person = make_person(role, office)

    for subject in (case, exporter, make_manufacturer()):
        with pytest.raises(RoleMissing):
            write(subject, "x", by=person)
    assert not Note.objects.exists()


def test_another_office_writes_on_neither_case_nor_exporter_but_on_the_maker(case, exporter):
    elsewhere = make_person(Role.SENIOR, make_office("xinjiang"))

    for subject in (case, exporter):
        with pytest.raises(NotAllowed):
            write(subject, "x", by=elsewhere)
    assert write(make_manufacturer(), "印章换了", by=elsewhere).pk


def test_the_exporter_writes_none(case, clerk):
    with pytest.raises(NotAllowed):
        write(case, "x", by=clerk)


# --- correcting -------------------------------------------------------------------------------
def test_a_correction_takes_the_place_of_the_old_note_which_stays_to_be_read(
    client, case, reviewer
):
    old = write(case, "三月", by=reviewer)
    new = write(case, "四月", by=reviewer, corrects=old)

    client.force_login(reviewer)
    on_case = client.get(page(case)).content.decode()
    all_notes = client.get(notes_page(case)).content.decode()

    assert list(notes.beside(case, makers=[])) == [new]
    assert "四月" in on_case
    assert "三月" not in on_case
    assert "<s>三月</s>" in all_notes
    assert Event.objects.get(action="note.corrected").before == {"note": old.pk}


def test_only_its_writer_corrects_a_note(case, reviewer, senior):
    note = write(case, "三月", by=reviewer)

    with pytest.raises(NotAllowed):
        write(case, "四月", by=senior, corrects=note)


def test_a_note_is_corrected_once(case, reviewer):
    note = write(case, "三月", by=reviewer)
    write(case, "四月", by=reviewer, corrects=note)

    with pytest.raises(Moved):
        write(case, "五月", by=reviewer, corrects=note)
    assert Note.objects.count() == 2


def test_the_database_itself_refuses_to_change_a_note(case, reviewer):
    note = write(case, "三月", by=reviewer)

    with pytest.raises(DatabaseError), transaction.atomic():
        Note.objects.filter(pk=note.pk).update(text="四月")
    assert Note.objects.get().text == "三月"


def test_a_note_of_another_case_cannot_be_corrected_here(client, case, exporter, clerk, reviewer):
    other = write(make_failing_case(exporter, by=clerk), "三月", by=reviewer)
    client.force_login(reviewer)

    response = client.post(notes_page(case), {"text": "四月", "corrects": other.pk})

    assert response.status_code == 422
    assert "四月" in response.content.decode()
    assert Note.objects.count() == 1


# --- pinned notes -----------------------------------------------------------------------------
def test_what_is_pinned_on_exporter_and_maker_shows_on_each_of_their_cases(
    client, case, exporter, clerk, reviewer
):
    write(exporter, "曾补章两次", by=reviewer)
    write(make_manufacturer(BYD), "新印章自五月", by=reviewer)
    write(make_exporter(), "别家的", by=make_person(Role.REVIEWER, exporter.office))
    later = make_failing_case(exporter, by=clerk)
    client.force_login(reviewer)

    for each in (case, later):
        shown = client.get(page(each)).content.decode()
        assert "曾补章两次" in shown
        assert "新印章自五月" in shown
        assert "别家的" not in shown


def test_an_exporter_sees_no_note_anywhere(client, case, exporter, clerk, reviewer):
    write(case, "内部一句", by=reviewer)
    write(exporter, "内部二句", by=reviewer)
    client.force_login(clerk)

    shown = client.get(f"/portal/applications/{case.reference}/").content.decode()
    seen = [client.get(address).status_code for address in (notes_page(case), page(case))]

    assert case.reference in shown
    assert "内部" not in shown
    assert "Note written" not in shown
    assert seen == [403, 403]


def test_an_auditor_reads_the_notes_and_finds_no_field(client, case, office, reviewer):
    write(case, "看过", by=reviewer)
    client.force_login(make_person(Role.AUDITOR, office))

    with override("en"):
        shown = client.get(notes_page(case)).content.decode()
        refused = client.post(notes_page(case), {"text": "x"})

    assert "看过" in shown
    assert "<textarea" not in shown
    assert refused.status_code == 403
    assert Note.objects.count() == 1


# --- mentions ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@李审核 请看印章", {"李审核"}),
        ("@李审核请看印章", {"李审核"}),
        ("请@李审核、@Wang Lei看", {"李审核", "Wang Lei"}),
        ("@Wang Lei: see the seal", {"Wang Lei"}),
        ("@Wang see the seal", {"Wang"}),
        ("write to wang@Wang.cn", set()),
        ("@nobody here", set()),
        ("@", set()),
        ("@\n李审核", set()),
    ],
)
def test_a_name_after_the_sign_mentions_the_colleague(case, office, reviewer, text, named):
    for name in ("李审核", "Wang", "Wang Lei", "Wang Leia"):
        make_person(Role.SENIOR, office, name=name)

    note = write(case, text, by=make_person(Role.REVIEWER, office, name="Zhao"))

    told = set(note.mentions.values_list("user__name", flat=True))
    # The fixture's reviewer is called Wang, too: both are told.
    assert told == named


def test_only_who_may_see_the_case_is_mentioned(case, office, reviewer, clerk):
    names = {
        "near": make_person(Role.REVIEWER, office, name="同名"),
        "far": make_person(Role.REVIEWER, make_office("xinjiang"), name="同名"),
        "left": make_person(Role.REVIEWER, office, name="同名", is_active=False),
        "exporter": clerk_of(case.exporter, name="同名"),
        "national": make_person(
            Role.REVIEWER, make_office("mofcom", level=Office.Level.NATIONAL), name="同名"
        ),
        "auditor": make_person(Role.AUDITOR, make_office("xinjiang"), name="同名"),
    }

    note = write(case, "@同名", by=reviewer, tell=names.values())

    told = set(note.mentions.values_list("user", flat=True))
    assert told == {names[who].pk for who in ("near", "national", "auditor")}


def test_nobody_mentions_themselves(case, reviewer):
    write(case, f"@{reviewer.name}", by=reviewer)

    assert not Mention.objects.exists()


def test_a_mention_is_counted_in_the_head_until_it_is_read(client, case, reviewer, senior):
    write(case, f"@{senior.name} 请看", by=reviewer)
    client.force_login(senior)
    mentions = reverse("workbench:mentions")

    before = client.get(mentions).content.decode()
    newest = Mention.objects.get().pk
    client.post(reverse("workbench:read_mentions"), {"upto": newest})
    after = client.get(mentions).content.decode()

    def head(page: str) -> str:
        return page.split(f'<a href="{mentions}"')[1].split("</a>")[0]

    assert '<span class="count">1</span>' in head(before)
    assert "请看" in before
    assert "count" not in head(after)
    assert "请看" in after


def test_a_mention_that_came_after_the_page_stays_unread(client, case, reviewer, senior):
    write(case, f"@{senior.name} 一", by=reviewer)
    shown = Mention.objects.get().pk
    write(case, f"@{senior.name} 二", by=reviewer)
    client.force_login(senior)

    client.post(reverse("workbench:read_mentions"), {"upto": shown})

    assert [bool(mention.read_at) for mention in Mention.objects.order_by("pk")] == [True, False]


def test_reading_ones_mentions_leaves_those_of_others(client, case, office, reviewer, senior):
    other = make_person(Role.SENIOR, office, name="赵")
    write(case, f"@{senior.name} @赵", by=reviewer)
    client.force_login(senior)

    client.post(reverse("workbench:read_mentions"), {"upto": 10**15})

    assert notes.unread(other) == 1
    assert notes.unread(senior) == 0


def test_a_mention_vanishes_with_the_right_to_see_the_case(client, case, reviewer, senior):
    write(case, f"@{senior.name} 机密", by=reviewer)
    membership = senior.membership
    membership.office = make_office("xinjiang")
    membership.save()
    client.force_login(senior)

    assert "机密" not in client.get(reverse("workbench:mentions")).content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_mentions_page_costs_the_same_however_many(
    client, case, reviewer, senior, count, django_assert_max_num_queries
):
    for number in range(count):
        write(case, f"@{senior.name} {number}", by=reviewer)
    client.force_login(senior)

    with django_assert_max_num_queries(8):
        assert client.get(reverse("workbench:mentions")).status_code == 200


# --- the form ---------------------------------------------------------------------------------
def test_a_note_is_written_from_the_case_page_and_leads_back_to_it(client, case, reviewer):
    client.force_login(reviewer)
    shown = client.get(page(case)).content.decode()

    response = client.post(notes_page(case), {"text": "看过"})

    assert 'data-key="m"' in shown
    assert response.status_code == 302
    assert response["Location"] == f"{page(case)}#notes"
    assert "看过" in client.get(page(case)).content.decode()


def test_looking_for_a_colleague_keeps_the_words_and_the_ticks(client, case, office, reviewer):
    ticked = make_person(Role.SENIOR, office, name="赵一")
    found = make_person(Role.SENIOR, office, name="钱二")
    client.force_login(reviewer)

    response = client.post(
        notes_page(case), {"text": "长长的话", "tell": [ticked.pk], "find": "钱", "look": "1"}
    )

    shown = response.content.decode()
    assert response.status_code == 200
    assert "长长的话" in shown
    assert not Note.objects.exists()
    choices = response.context["form"].fields["tell"].widget.choices
    assert [pk for pk, _name in choices] == [ticked.pk, found.pk]
    assert f'value="{ticked.pk}" id="note_tell_0" checked' in shown


def test_at_most_fifty_colleagues_are_listed(client, case, office, reviewer):
    for number in range(60):
        make_person(Role.REVIEWER, office, name=f"同事{number:02}")
    client.force_login(reviewer)

    shown = client.get(notes_page(case))

    assert len(shown.context["form"].fields["tell"].widget.choices) == 50


def test_ticked_colleagues_are_mentioned(client, case, office, reviewer):
    colleague = make_person(Role.SENIOR, office, name="赵一")
    client.force_login(reviewer)

    client.post(notes_page(case), {"text": "请看", "tell": [colleague.pk]})

    assert [mention.user for mention in Mention.objects.all()] == [colleague]


def test_a_stranger_cannot_be_ticked(client, case, reviewer):
    stranger = make_person(Role.REVIEWER, make_office("xinjiang"))
    client.force_login(reviewer)

    response = client.post(notes_page(case), {"text": "请看", "tell": [stranger.pk]})

    assert response.status_code == 422
    assert "请看" in response.content.decode()
    assert not Note.objects.exists()


def test_a_refused_note_comes_back_with_its_words(client, case, reviewer):
    old = write(case, "三月", by=reviewer)
    write(case, "四月", by=reviewer, corrects=old)
    client.force_login(reviewer)

    response = client.post(notes_page(case), {"text": "五月", "corrects": old.pk})

    assert response.status_code == 409
    assert "五月" in response.content.decode()


def test_correcting_begins_with_the_old_words(client, case, reviewer):
    note = write(case, "三月", by=reviewer)
    client.force_login(reviewer)

    shown = client.get(notes_page(case), {"corrects": note.pk}).context["form"]

    assert shown.initial == {"text": "三月", "corrects": note.pk}


def test_the_notes_of_another_offices_case_do_not_exist(client, case, exporter):
    client.force_login(make_person(Role.SENIOR, make_office("xinjiang")))
    addresses = [notes_page(case), reverse("workbench:exporter_notes", args=[exporter.uscc])]

    assert [client.get(address).status_code for address in addresses] == [404, 404]
    assert [client.post(address, {"text": "x"}).status_code for address in addresses] == [404, 404]


def test_notes_are_pinned_from_the_file_of_exporter_and_maker(client, exporter, reviewer):
    maker = make_manufacturer()
    client.force_login(reviewer)
    files = {
        reverse("workbench:exporter_notes", args=[exporter.uscc]): exporter,
        reverse("workbench:maker_notes", args=[maker.pk]): maker,
    }

    for address, subject in files.items():
        response = client.post(address, {"text": "看过"})
        assert response.status_code == 302
        assert "看过" in client.get(response["Location"]).content.decode()
        assert notes.about(subject)[0].text == "看过"


# --- telling ----------------------------------------------------------------------------------
def told_of(person) -> list[Notice]:
    return list(Notice.objects.filter(to=person, template="reviews/mentioned"))


def test_whoever_is_named_gets_one_notice_that_leads_to_the_note(case, reviewer, office):
    li = make_person(Role.SENIOR, office, name="Li")

    write(case, "@Li 印章看不清", by=reviewer, tell=[li])

    (notice,) = told_of(li)
    assert notice.path == page(case)
    assert not told_of(reviewer)
    assert "印章" not in str(notice.facts)
    with override("en"):
        sent = message(notice)
    assert case.reference in sent.subject
    assert reviewer.name in sent.body


def test_a_correction_calls_only_whom_the_note_before_did_not(case, reviewer, office):
    li, bo = (make_person(Role.SENIOR, office, name=name) for name in ("Li", "Bo"))
    first = write(case, "@Li see", by=reviewer)

    write(case, "@Li @Bo see", by=reviewer, corrects=first)

    assert (len(told_of(li)), len(told_of(bo))) == (1, 1)


def test_a_note_on_a_company_leads_to_its_file(exporter, reviewer, office):
    li = make_person(Role.SENIOR, office, name="Li")
    maker = make_manufacturer()

    write(exporter, "@Li", by=reviewer)
    write(maker, "@Li", by=reviewer)

    assert {notice.path for notice in told_of(li)} == {
        reverse("workbench:exporter_file", args=[exporter.uscc]),
        reverse("workbench:maker_file", args=[maker.pk]),
    }
