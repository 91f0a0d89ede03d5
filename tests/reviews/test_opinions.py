"""Questions to other ministries: what they show, who answers, what the answer does to the case."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import override

from documents.models import Attachment, Document, Page, Reading, Seal
from exports.errors import (
    AlreadyAsked,
    ClaimedByAnother,
    FactsChanged,
    Incomplete,
    NotAllowed,
    NothingAsked,
    ReasonNeeded,
    RoleMissing,
    SecondSignatureDue,
    TransitionRefused,
)
from exports.models import Event, Notice, Role, User, Vehicle
from exports.notices import message
from reviews import assessment, claims, deadlines, decisions, settling
from reviews.discretion import for_exporter
from reviews.models import Case, Finding, Opinion, OpinionCode, OpinionTerm
from reviews.opinions import answering, asking
from tests.factories import (
    NOON,
    checked,
    clerk_of,
    make_case,
    make_clean_case,
    make_confirmation,
    make_exporter,
    make_office,
    make_person,
    make_vehicle,
    numbers,
    officer_of,
    recommend_refusal,
    upload,
)

pytestmark = pytest.mark.usefixtures("law")
LATER = NOON + timedelta(hours=3)


@pytest.fixture
def case(exporter, clerk, reviewer) -> Case:
    """A clean case in Wang's hands."""
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


@pytest.fixture
def police(law) -> User:
    return officer_of("mps", name="Zhao")


@pytest.fixture
def asked(police, case, reviewer) -> Opinion:
    """What the police are asked about its registration."""
    return ask(case, by=reviewer)


@pytest.fixture
def letter_case(exporter, clerk, reviewer) -> Case:
    """Two young vehicles named by one letter, in Wang's hands."""
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(2)]
    opened(make_confirmation(vehicles, by=clerk).document, pages=3)
    filed = checked(make_case(exporter, *vehicles, by=clerk))
    return claims.claim(filed, by=reviewer, at=NOON)


def opened(document: Document, *, pages: int) -> Document:
    """Let *document* be opened safely and its pages drawn, as the worker would."""
    Document.objects.filter(pk=document.pk).update(state=Document.State.READY)
    for number in range(1, pages + 1):
        Page.objects.create(document=document, number=number, width=10, height=10, image="x")
    return document


def ask(case: Case, point: str = "registration", *, by: User, **more: Any) -> Opinion:
    vin = more.pop("vin", case.first_vin)
    return asking.ask(again(case), point, vin=vin, by=by, at=NOON, **more)


def answer(opinion: Opinion, code: str, *, by: User, note: str = "") -> Opinion:
    return answering.answer(opinion, OpinionCode.objects.get(pk=code), by=by, at=LATER, note=note)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def outcomes(case: Case, check_id: str) -> list[str]:
    """Return what the latest run says by *check_id*, vehicle by vehicle."""
    latest = case.runs.order_by("-id")[0]
    rows = latest.findings.filter(check_id=check_id).order_by("line__position")
    return list(rows.values_list("outcome", flat=True))


def told(person: User) -> set[str]:
    return set(Notice.objects.filter(to=person).values_list("template", flat=True))


def act(client, case: Case, action: str, **data: Any):
    address = reverse("workbench:act", args=[case.reference, action])
    return client.post(address, {"version": again(case).version} | data)


# --- asking -----------------------------------------------------------------------------------
def test_a_question_goes_to_the_ministry_in_charge_with_its_term(asked, case, reviewer, police):
    assert asked.ministry.code == "mps"
    assert asked.due_at.astimezone(NOON.tzinfo).isoformat() == "2026-07-02T17:30:00+08:00"
    assert told(police) == {"reviews/opinion_asked"}
    assert outcomes(case, "OPN-02") == ["attention"]
    event = Event.objects.get(action="case.opinion_asked")
    assert (event.subject_key, event.actor) == (case.reference, reviewer.name)
    assert len(event.after["shown_sha256"]) == 64


def test_the_term_is_what_the_office_set(case, reviewer):
    OpinionTerm.objects.filter(pk="registration").update(days=1)

    assert ask(case, by=reviewer).due_at.astimezone(NOON.tzinfo).day == 1


@pytest.mark.parametrize(
    ("point", "shown"),
    [
        (
            "listing",
            {
                "brand",
                "model",
                "maker_name",
                "issuer_name",
                "letter_number",
                "letter_issued_on",
                "listed_as",
            },
        ),
        ("registration", {"vin", "brand", "model", "registered_on", "transferred_on"}),
        ("declaration", {"vin", "destination", "hs_code", "earlier_licences"}),
    ],
)
def test_a_point_shows_what_it_needs_and_nothing_else(letter_case, reviewer, point, shown):
    opinion = ask(letter_case, point, by=reviewer)
    exporter = letter_case.exporter

    assert set(opinion.shown) == shown
    assert exporter.name_zh not in str(opinion.shown)
    assert exporter.uscc not in str(opinion.shown)


def test_a_question_of_listing_shows_the_announcement_of_the_letters_day(letter_case, reviewer):
    opinion = ask(letter_case, "listing", by=reviewer)

    assert opinion.shown["issuer_name"] == opinion.shown["listed_as"]
    (paper,) = opinion.papers
    assert (paper["kind"], paper["pages"]) == ("confirmation", [1])


def test_of_a_letter_the_pages_with_a_seal_are_shown_too(letter_case, reviewer):
    document = Document.objects.get(kind="confirmation")
    looks = {"colour": "red", "kind": "official", "score": 1, "roundness": 1, "star": 1}
    Seal.objects.create(document=document, position=0, page=3, **looks)

    assert ask(letter_case, "listing", by=reviewer).papers[0]["pages"] == [1, 3]


def test_without_a_letter_there_is_nothing_to_ask_of_its_issuer(case, reviewer):
    with pytest.raises(Incomplete):
        ask(case, "listing", by=reviewer)


def test_a_vehicle_of_another_batch_cannot_be_asked_about(case, reviewer, exporter, clerk):
    stranger = make_vehicle(exporter, by=clerk)

    with pytest.raises(Incomplete):
        ask(case, vin=stranger.vin, by=reviewer)


def test_a_point_nobody_is_in_charge_of_is_not_asked(case, reviewer):
    OpinionTerm.objects.all().delete()

    with pytest.raises(Incomplete):
        ask(case, by=reviewer)


def test_the_same_question_is_not_asked_twice_at_a_time(asked, case, reviewer, police):
    with override("en"), pytest.raises(AlreadyAsked, match="is asked about this already"):
        ask(case, by=reviewer)
    answer(asked, "OR06", by=police, note="系统维护，无法核实。")

    assert ask(case, by=reviewer).pk != asked.pk


def test_whoever_asks_about_a_free_case_takes_it(exporter, clerk, reviewer):
    free = make_clean_case(exporter, by=clerk)

    ask(free, by=reviewer)

    assert again(free).assignee == reviewer


def test_only_who_works_on_the_case_asks(case, office, police):
    colleague = make_person(Role.REVIEWER, office)
    elsewhere = make_person(Role.REVIEWER, make_office("xinjiang"))

    with pytest.raises(ClaimedByAnother):
        ask(case, by=colleague)
    with pytest.raises(NotAllowed):
        ask(case, by=elsewhere)
    for person in (make_person(Role.AUDITOR, office), police):
        with pytest.raises(RoleMissing):
            ask(case, by=person)


# --- papers -----------------------------------------------------------------------------------
def certificate(case: Case, *, vin: str = "", vehicle: Vehicle | None = None) -> Document:
    """Attach a certificate of two pages that was read to name *vin*."""
    clerk = clerk_of(case.exporter)
    content = f"%PDF-1.4 {next(numbers)}".encode()
    sent = upload(case.exporter, content, by=clerk, kind="certificate", name="c.pdf")
    document = opened(sent, pages=2)
    if vin:
        Reading.objects.create(
            document=document,
            field="vin",
            position=0,
            value=vin,
            printed=vin,
            confidence=1,
            sure=True,
            page=1,
        )
    Attachment.objects.create(
        application=case.application,
        document=document,
        vehicle=vehicle,
        attached_by=clerk,
        attached_at=NOON,
    )
    return document


def test_of_a_batch_only_the_certificate_of_this_vehicle_is_shown(letter_case, reviewer):
    first, second = letter_case.application.lines.select_related("vehicle").order_by("position")
    own = certificate(letter_case, vehicle=first.vehicle)
    named = certificate(letter_case, vin=first.vin)
    certificate(letter_case, vin=second.vin)
    certificate(letter_case)
    certificate(letter_case, vehicle=second.vehicle, vin=second.vin)

    opinion = ask(letter_case, by=reviewer, vin=first.vin)

    assert [paper["key"] for paper in opinion.papers] == [str(own.key), str(named.key)]
    assert [paper["pages"] for paper in opinion.papers] == [[1, 2], [1, 2]]


def test_of_a_single_vehicle_every_certificate_is_its_own(case, reviewer):
    paper = certificate(case)

    assert [shown["key"] for shown in ask(case, by=reviewer).papers] == [str(paper.key)]


def test_customs_are_shown_no_paper(case, reviewer):
    certificate(case)

    assert ask(case, "declaration", by=reviewer).papers == []


# --- answering --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("code", "outcome"), [("OR01", "pass"), ("OR05", "fail"), ("OR06", "attention")]
)
def test_the_answer_is_evidence_at_once(asked, case, police, reviewer, code, outcome):
    before = again(case).version

    answer(asked, code, by=police, note="已核对登记系统。")

    assert outcomes(case, "OPN-02") == [outcome]
    assert again(case).version == before + 1
    assert told(reviewer) == {"reviews/opinion_answered"}


def test_an_answer_against_the_case_takes_four_eyes_to_overrule(asked, case, police, reviewer):
    answer(asked, "OR02", by=police, note="登记日期为2025年。")

    with pytest.raises(SecondSignatureDue):
        decisions.issue(again(case), by=reviewer, at=LATER)


def test_who_holds_the_case_now_is_told_too(asked, case, office, police, reviewer):
    supervisor = make_person(Role.SUPERVISOR, office)
    claims.claim(again(case), by=supervisor, at=NOON)

    answer(asked, "OR01", by=police)

    assert "reviews/opinion_answered" in told(reviewer) & told(supervisor)


@pytest.mark.parametrize("code", ["OR02", "OR06"])
def test_an_answer_that_does_not_speak_for_the_case_needs_grounds(asked, police, code):
    with pytest.raises(ReasonNeeded):
        answer(asked, code, by=police, note="  ")


def test_an_answer_to_another_point_or_out_of_use_is_none(asked, police):
    OpinionCode.objects.filter(pk="OR01").update(active=False)

    for code in ("OD01", "OR01"):
        with pytest.raises(ReasonNeeded):
            answer(asked, code, by=police)
    with pytest.raises(ReasonNeeded):
        answering.answer(asked, None, by=police, at=LATER)


def test_another_ministry_cannot_answer_nor_can_an_office(asked, reviewer):
    with pytest.raises(NotAllowed):
        answer(asked, "OR01", by=officer_of("miit"))
    with pytest.raises(RoleMissing):
        answer(asked, "OR01", by=reviewer)
    with pytest.raises(RoleMissing):
        answer(asked, "OR01", by=officer_of("mps", is_active=False))


def test_an_answer_is_given_once(asked, police):
    answer(asked, "OR01", by=police)

    with pytest.raises(TransitionRefused):
        answer(Opinion.objects.get(pk=asked.pk), "OR02", by=police, note="有误")
    with pytest.raises(DatabaseError), transaction.atomic():
        Opinion.objects.filter(pk=asked.pk).update(text="改")


def test_an_answer_to_a_letters_listing_counts_for_every_vehicle_it_names(letter_case, reviewer):
    opinion = ask(letter_case, "listing", by=reviewer)
    assert outcomes(letter_case, "OPN-01") == ["attention", "attention"]

    answer(opinion, "OL01", by=officer_of("miit"))

    assert outcomes(letter_case, "OPN-01") == ["pass", "pass"]
    assert outcomes(letter_case, "OPN-02") == ["not_applicable", "not_applicable"]


def test_an_answer_about_facts_that_changed_since_no_longer_passes(asked, case, police, reviewer):
    answer(asked, "OR01", by=police)
    Vehicle.objects.filter(vin=case.first_vin).update(model="BYD7009BEX")

    assessment.recheck(again(case), by=reviewer, at=LATER)

    assert outcomes(case, "OPN-02") == ["attention"]


# --- an open question holds nobody up ---------------------------------------------------------
def test_a_case_is_decided_over_an_open_question_which_then_ends(asked, case, police, reviewer):
    decisions.issue(again(case), by=reviewer, at=LATER)
    settle(case)

    asked.refresh_from_db()
    assert again(case).status == "issued"
    assert asked.state == Opinion.State.WITHDRAWN
    with pytest.raises(TransitionRefused):
        answer(asked, "OR01", by=police)


def settle(case: Case) -> None:
    for settlement in case.settlements.values_list("pk", flat=True):
        settling.settle(settlement, at=LATER + timedelta(minutes=2))


def test_a_good_answer_or_none_after_all_leaves_a_recommendation_to_be_signed(
    asked, case, police, reviewer, senior
):
    other = ask(case, "declaration", by=reviewer)
    decision = recommend_refusal(again(case), by=reviewer, at=LATER)
    answer(asked, "OR01", by=police)
    asking.withdraw(other, by=reviewer, at=LATER)

    decision.case.refresh_from_db()
    decisions.sign(decision, by=senior, at=LATER)


def test_an_answer_against_it_keeps_a_recommendation_from_being_signed(
    asked, case, police, reviewer, senior
):
    decision = recommend_refusal(again(case), by=reviewer, at=LATER)
    answer(asked, "OR05", by=police, note="已抵押。")

    decision.case.refresh_from_db()
    with pytest.raises(FactsChanged, match="OPN-02"):
        decisions.sign(decision, by=senior, at=LATER)


# --- withdrawing ------------------------------------------------------------------------------
def test_a_question_taken_back_is_none(asked, case, police, reviewer):
    asking.withdraw(asked, by=reviewer, at=LATER, note="已电话核实")

    assert outcomes(case, "OPN-02") == ["not_applicable"]
    with pytest.raises(TransitionRefused):
        answer(asked, "OR01", by=police)
    with pytest.raises(NothingAsked):
        asking.withdraw(asked, by=reviewer, at=LATER)


def test_an_answered_question_is_not_taken_back_beside_an_open_one(asked, case, police, reviewer):
    answer(asked, "OR01", by=police)
    ask(case, "declaration", by=reviewer)

    with pytest.raises(TransitionRefused):
        asking.withdraw(asked, by=reviewer, at=LATER)


def test_a_colleagues_question_is_a_supervisors_to_take_back(asked, office):
    with pytest.raises(ClaimedByAnother):
        asking.withdraw(asked, by=make_person(Role.SENIOR, office), at=LATER)

    supervisor = make_person(Role.SUPERVISOR, office)
    assert asking.withdraw(asked, by=supervisor, at=LATER).withdrawn_by == supervisor


# --- the clock --------------------------------------------------------------------------------
def test_the_ministry_is_reminded_on_the_eve_and_the_asker_once_it_is_late(
    asked, case, police, reviewer
):
    Case.objects.filter(pk=case.pk).update(due_at=NOON + timedelta(days=30))
    for at in (NOON, asked.due_at - timedelta(hours=20), asked.due_at - timedelta(hours=10)):
        deadlines.remind(at=at)

    assert told(police) == {"reviews/opinion_asked", "reviews/opinion_due"}
    assert told(reviewer) == set()

    for hours in (1, 2):
        deadlines.remind(at=asked.due_at + timedelta(hours=hours))

    assert told(reviewer) == {"reviews/opinion_late"}
    assert Notice.objects.filter(template="reviews/opinion_due").count() == 1


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_mail_to_a_ministry_names_the_case_or_its_exporter(case, reviewer, police, language):
    User.objects.filter(pk=police.pk).update(language=language)
    opinion = ask(case, by=reviewer)
    deadlines.remind(at=opinion.due_at - timedelta(hours=1))

    mails = [message(notice) for notice in Notice.objects.filter(to=police)]

    assert len(mails) == 2
    for mail in mails:
        assert opinion.number in mail.subject
        assert f"/opinions/{opinion.number}/" in mail.body
        assert case.reference not in mail.body + mail.subject
        assert case.exporter.name_zh not in mail.body


# --- the exporter learns nothing of it --------------------------------------------------------
def test_to_the_exporter_the_check_reads_the_same_whatever_was_asked(asked, case, police, client):
    untold = for_exporter(Finding.objects.filter(check_id="OPN-03").latest("id"))
    answer(asked, "OR05", by=police, note="已抵押。")
    finding = Finding.objects.filter(check_id="OPN-02").latest("id")
    assert finding.outcome == "fail"

    told = for_exporter(finding)
    assert told.outcome == untold.outcome == "not_applicable"
    assert told.sentence == untold.sentence
    client.force_login(clerk_of(case.exporter))
    page = client.get(reverse("portal:application", args=[case.reference])).content.decode()
    assert "公安部答复" not in page
    assert "抵押" not in page


# --- the ministry's pages ---------------------------------------------------------------------
def test_an_officer_lands_on_what_is_asked_and_answers_there(asked, case, police, client):
    client.force_login(police)
    with override("en"):
        listed = client.get("/opinions/?lang=en").content.decode()
        page = client.get(f"/opinions/{asked.number}/?lang=en").content.decode()

    assert asked.number in listed
    assert case.first_vin in page
    assert case.reference not in listed + page
    assert case.exporter.name_zh not in listed + page
    assert "differs from the register" in page

    sent = client.post(f"/opinions/{asked.number}/", {"code": "OR01", "note": ""})

    assert sent.status_code == 302
    asked.refresh_from_db()
    assert (asked.state, asked.answered_by) == ("answered", police)
    client.get("/opinions/")  # says that it was sent
    assert asked.number not in client.get("/opinions/").content.decode()
    assert asked.number in client.get("/opinions/?view=answered").content.decode()


def test_an_answer_that_lacks_something_comes_back_with_what_was_written(asked, police, client):
    client.force_login(police)
    address = f"/opinions/{asked.number}/?lang=en"

    unchosen = client.post(address, {"code": "", "note": "查询中"})
    groundless = client.post(address, {"code": "OR02", "note": ""})

    assert (unchosen.status_code, groundless.status_code) == (422, 422)
    assert "查询中" in unchosen.content.decode()
    assert "Give grounds" in groundless.content.decode()


def test_the_second_answer_is_told_that_it_comes_too_late(asked, police, client):
    client.force_login(officer_of("mps"))
    answer(asked, "OR01", by=police)

    late = client.post(f"/opinions/{asked.number}/", {"code": "OR02", "note": "不一致"})

    assert late.status_code == 409
    asked.refresh_from_db()
    assert asked.code_id == "OR01"


def test_a_withdrawn_question_shows_nothing_of_the_case_any_more(case, reviewer, police, client):
    paper = certificate(case)
    opinion = ask(case, by=reviewer)
    asking.withdraw(opinion, by=reviewer, at=LATER)
    client.force_login(police)

    page = client.get(f"/opinions/{opinion.number}/").content.decode()

    assert case.first_vin not in page
    assert client.get(f"/opinions/{opinion.number}/papers/{paper.key}/1.webp").status_code == 404


def test_a_ministry_sees_its_own_questions_and_no_other_page(asked, case, client):
    client.force_login(officer_of("miit"))

    assert asked.number not in client.get("/opinions/").content.decode()
    assert client.get(f"/opinions/{asked.number}/").status_code == 404
    assert client.post(f"/opinions/{asked.number}/", {"code": "OR01"}).status_code == 404
    for address in (
        reverse("workbench:queue"),
        reverse("workbench:case", args=[case.reference]),
        reverse("workbench:opinions"),
        reverse("workbench:index"),
        reverse("portal:home"),
    ):
        assert client.get(address).status_code == 403
    assert Case.objects.visible_to(officer_of("miit")).count() == 0


@pytest.mark.parametrize("who", ["clerk", "reviewer", "auditor", "superuser"])
def test_to_everybody_else_the_ministries_pages_do_not_exist(asked, office, client, who):
    person = {
        "clerk": lambda: clerk_of(make_exporter()),
        "reviewer": lambda: make_person(Role.REVIEWER, office),
        "auditor": lambda: make_person(Role.AUDITOR, office),
        "superuser": lambda: User.objects.create_superuser("r@example.test", "x", name="R"),
    }[who]()
    client.force_login(person)

    for address in ("/opinions/", f"/opinions/{asked.number}/"):
        assert client.get(address).status_code == 404
        assert client.post(address).status_code in (404, 405)


def test_who_left_their_ministry_answers_nothing(asked, client):
    client.force_login(officer_of("mps", is_active=False))

    assert client.get("/opinions/").status_code == 302


# --- the office's pages -----------------------------------------------------------------------
def test_the_office_sees_what_its_own_cases_wait_for(asked, office, client):
    for person, seen in (
        (make_person(Role.REVIEWER, office), True),
        (make_person(Role.AUDITOR, make_office("xinjiang")), True),
        (make_person(Role.SENIOR, make_office("mofcom", level="national")), True),
        (make_person(Role.REVIEWER, make_office("guangdong")), False),
    ):
        client.force_login(person)
        page = client.get(reverse("workbench:opinions")).content.decode()
        assert (asked.number in page) is seen


def test_the_list_costs_the_same_however_long(case, exporter, clerk, reviewer, client):
    client.force_login(reviewer)
    ask(case, by=reviewer)
    counts = []
    for point in ("registration", "declaration"):
        other = claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)
        ask(other, point, by=reviewer)
        cache.clear()
        with CaptureQueriesContext(
            connection,
        ) as queries:
            client.get(reverse("workbench:opinions"))
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 7


def test_the_page_of_a_case_asks_shows_and_takes_back(case, reviewer, client):
    client.force_login(reviewer)
    address = reverse("workbench:case", args=[case.reference])

    sent = act(client, case, "ask-opinion", point="registration", question="请核对登记日期")
    page = client.get(f"{address}?lang=en").content.decode()

    assert sent.status_code == 302
    opinion = Opinion.objects.get(case=case)
    assert opinion.question == "请核对登记日期"
    assert "Opinion asked of Ministry of Public Security" in page
    assert opinion.number in page

    sent = act(client, case, "withdraw-opinion", opinion=opinion.number, note="")

    assert sent.status_code == 302
    opinion.refresh_from_db()
    assert opinion.state == Opinion.State.WITHDRAWN
    assert "Opinion asked of" not in client.get(f"{address}?lang=en").content.decode()


def test_the_point_behind_a_doubt_is_chosen_and_nothing_need_be_typed(
    exporter, clerk, reviewer, client
):
    vehicle = make_vehicle(exporter, by=clerk)
    silent = claims.claim(checked(make_case(exporter, vehicle, by=clerk)), by=reviewer, at=NOON)
    client.force_login(reviewer)

    page = client.get(reverse("workbench:case", args=[silent.reference])).context["offers"]
    form = next(offer.form for offer in page if offer.name == "ask-opinion")

    assert form["point"].initial == "registration"
    assert [key for key, _label in form.fields["point"].choices] == ["registration", "declaration"]


def test_a_decision_on_a_page_older_than_the_answer_is_told_so(
    asked, case, police, reviewer, client
):
    client.force_login(reviewer)
    seen = again(case).version
    answer(asked, "OR01", by=police)

    sent = act(client, case, "issue", version=seen, note="")

    assert sent.status_code == 409
    assert again(case).status == "in_review"
