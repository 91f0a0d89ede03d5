"""The exporter's pages about whole applications, seen through the browser's door."""

from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from documents.models import Document
from exports.models import Event, Line, Notice
from reviews import claims, decisions, licensing
from reviews.models import Case, Licence, Reason, Request
from tests import factories
from tests.factories import (
    answer_registry,
    clerk_of,
    make_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_letter_pdf,
    make_manufacturer,
    make_ministry,
    make_office,
    make_person,
    make_vehicle,
)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch):
    """Stand the interfaces' clock at noon of the factories' day."""
    monkeypatch.setattr(timezone, "now", lambda: factories.NOON)


pytestmark = [pytest.mark.usefixtures("committed", "now")]


@pytest.fixture
def exporter():
    return make_exporter()


@pytest.fixture
def clerk(exporter):
    return clerk_of(exporter, name="Alice", language="en")


@pytest.fixture
def page(client, clerk):
    client.force_login(clerk)
    return client


def url(name: str, *args: object) -> str:
    return reverse(f"portal:{name}", args=args)


def returned_case(clerk, *questions):
    """A case whose office asked *questions* (each: reason code and what it is about)."""
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=300)
    answer_registry(vehicle)
    case = make_case(clerk.exporter, vehicle, by=clerk)
    case.refresh_from_db()
    reviewer = make_person("reviewer", clerk.exporter.office)
    case = claims.claim(case, by=reviewer, at=factories.NOON)
    line = case.application.lines.get()
    asked = [
        decisions.Question(
            reason=Reason.objects.get(pk=code), line=line if about.get("field") else None, **about
        )
        for code, about in questions
    ]
    decisions.ask(case, questions=asked, by=reviewer, at=factories.NOON)
    case.refresh_from_db()
    return case


def issued_case(clerk, *, age=300):
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=age)
    answer_registry(vehicle)
    case = make_case(clerk.exporter, vehicle, by=clerk)
    case.refresh_from_db()
    reviewer = make_person("reviewer", clerk.exporter.office)
    senior = make_person("senior", clerk.exporter.office)
    case = claims.claim(case, by=reviewer, at=factories.NOON)
    decision = decisions.recommend(case, "issue", by=reviewer, at=factories.NOON)
    decisions.sign(decision, by=senior, at=factories.NOON)
    return Case.objects.get(pk=case.pk)


@pytest.mark.parametrize(
    ("role", "side", "target"),
    [
        ("clerk", make_exporter, "/portal/"),
        ("officer", make_manufacturer, "/portal/"),
        ("reviewer", make_office, "/workbench/cases/"),
        ("auditor", make_office, "/workbench/cases/"),
        ("opinion", make_ministry, "/opinions/"),
    ],
)
def test_the_front_door_leads_each_to_their_desk(client, role, side, target):
    client.force_login(make_person(role, side()))

    response = client.get(reverse("front_door"))

    assert response["Location"].startswith(target)


def test_the_front_door_sends_who_belongs_nowhere_to_the_public_page(client, django_user_model):
    client.force_login(
        django_user_model.objects.create_user("x@example.test", "a b c d e", name="X")
    )

    assert client.get(reverse("front_door"))["Location"] == "/"


def test_the_front_door_leads_a_bare_superuser_to_the_reference_data(client, django_user_model):
    boss = django_user_model.objects.create_superuser("s@example.test", "a b c d e", name="S")
    client.force_login(boss)

    assert client.get(reverse("front_door"))["Location"] == "/workbench/"


def test_home_puts_first_what_only_the_exporter_can_do(page, clerk, exporter):
    case = returned_case(clerk, ("RC09", {"document_kind": "contract"}))
    draft = make_draft(exporter, by=clerk)
    factories.upload(exporter, b"%PDF-1.4 nonsense", by=clerk, name="bad.pdf", kind="contract")

    needs = page.get(url("home")).context["needs"]

    assert [need.about for need in needs] == [case.reference, draft.reference, "bad.pdf"]
    assert needs[0].by == "2026-07-07 17:30"


def test_home_counts_what_is_awaiting_a_signature_as_in_review(page, clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=300)
    answer_registry(vehicle)
    case = make_case(clerk.exporter, vehicle, by=clerk)
    reviewer = make_person("reviewer", clerk.exporter.office)
    case = claims.claim(Case.objects.get(pk=case.pk), by=reviewer, at=factories.NOON)
    decisions.recommend(case, "issue", by=reviewer, at=factories.NOON)

    home = page.get(url("home"))
    shown = page.get(url("application", case.reference)).content.decode()

    assert home.context["running"]["in_review"] == 1
    assert "signature" not in shown.replace("electronic signature", "")
    assert reviewer.name not in shown


def test_home_names_the_cars_that_soon_need_no_letter(page, clerk, exporter):
    soon = make_vehicle(exporter, by=clerk, age=170)
    make_vehicle(exporter, by=clerk, age=100)
    make_vehicle(exporter, by=clerk, age=181)

    calendar = page.get(url("home")).context["calendar"]

    assert [(day.day, day.wait, day.vehicles) for day in calendar] == [
        (factories.TODAY + timedelta(days=11), 11, [soon])
    ]


def test_a_maker_sees_the_confirmations_in_its_name(client, clerk, exporter):
    confirmation = make_confirmation([make_vehicle(exporter, by=clerk)], by=clerk)
    officer = make_person("officer", make_manufacturer(), language="en")
    client.force_login(officer)

    response = client.get(url("home"))

    assert response.context["desk"].unseen == [confirmation]


def test_a_draft_shows_what_is_to_do_and_what_the_checks_would_say(page, clerk, exporter):
    young = make_vehicle(exporter, by=clerk, age=100)
    draft = make_draft(exporter, young, by=clerk)

    context = page.get(url("application", draft.reference)).context

    assert [step.state for step in context["steps"]] == ["done", "done", "advised", "advised"]
    assert context["vehicles"][0].clock.days == 100
    assert context["vehicles"][0].worst == "fail"
    assert context["fileable"] is True


def test_a_draft_without_terms_cannot_be_filed_yet(page, clerk, exporter):
    draft = make_draft(exporter, by=clerk, contract_number="")

    assert page.get(url("application", draft.reference)).context["fileable"] is False

    response = page.post(url("application_file", draft.reference), {"version": draft.version})
    assert response.status_code == 422
    assert not Case.objects.exists()


def test_the_first_exporter_learns_nothing_of_another_s_application(page, clerk, exporter):
    vehicle = make_vehicle(exporter, by=clerk, age=300)
    rival = make_exporter()
    twin = make_vehicle(rival, vin=vehicle.vin, age=300)
    other = make_case(rival, twin)

    draft = make_draft(exporter, vehicle, by=clerk)
    shown = page.get(url("application", draft.reference)).content.decode()

    assert other.reference not in shown
    assert "stands in another application" in shown


def test_filing_shows_everything_once_more_and_then_files(page, clerk, exporter):
    vehicle = make_vehicle(exporter, by=clerk, age=300)
    draft = make_draft(exporter, vehicle, by=clerk)
    address = url("application_file", draft.reference)

    asked = page.get(address)
    response = page.post(address, {"version": asked.context["form"]["version"].value()})

    assert response["Location"] == url("application", draft.reference)
    assert Case.objects.get().status == "in_review"


def test_of_two_browsers_the_one_that_saw_an_older_draft_is_told(page, clerk, exporter):
    draft = make_draft(exporter, by=clerk)

    stale = {"version": draft.version - 1}
    response = page.post(url("application_file", draft.reference), stale)

    assert response.status_code == 422
    assert "moved on" in response.content.decode()
    assert not Case.objects.exists()


def test_a_filed_application_tells_its_story_without_the_office_s_secrets(page, clerk):
    case = issued_case(clerk)
    licence = Licence.objects.get()

    response = page.get(url("application", case.reference))

    told = [item.what for item in response.context["story"]]
    assert told[:2] == [f"Licence {licence.number} issued", "Export licence granted"]
    assert "Application filed" in told
    assert not [what for what in told if "claim" in what or "recommend" in what]
    assert response.context["turn"].whose == "done"
    assert response.context["days_left"] == (licence.valid_until - factories.TODAY).days


def test_progress_says_when_the_checks_are_done(page, clerk):
    case = make_case(clerk.exporter, by=clerk)
    address = url("application_progress", case.reference)

    assert "data-done" in page.get(address).content.decode()

    Case.objects.filter(pk=case.pk).update(status="checking")
    assert "data-done" not in page.get(address).content.decode()


def test_an_answer_corrects_the_field_in_question_and_files_anew(page, clerk):
    case = returned_case(
        clerk,
        ("RC04", {"field": "model"}),
        ("RC01", {"document_kind": "contract"}),
        ("RC09", {"field": "", "text": "Which clause?"}),
    )
    first, second, third = Request.objects.get().items.order_by("id")

    response = page.post(
        url("application_answer", case.reference),
        {
            f"item-{first.pk}-value": "BYD7009BEV2",
            f"item-{first.pk}-text": "",
            f"item-{second.pk}-files": [
                SimpleUploadedFile("a.pdf", letter_of(case), "application/pdf"),
            ],
            f"item-{third.pk}-text": "Clause 9",
        },
    )

    assert response.status_code == 302, response.context["form"].errors
    case.refresh_from_db()
    assert case.status == "in_review"
    assert case.application.lines.get().vehicle.model == "BYD7009BEV2"
    assert case.application.attachments.get().document.kind == "contract"


def letter_of(case: Case) -> bytes:
    return make_letter_pdf([line.vehicle for line in case.application.lines.all()])


def test_a_bare_acknowledgement_answers_nothing_and_loses_nothing(page, clerk):
    case = returned_case(
        clerk, ("RC04", {"field": "model"}), ("RC01", {"document_kind": "contract"})
    )
    first, second = Request.objects.get().items.order_by("id")
    model = case.application.lines.get().vehicle.model

    response = page.post(
        url("application_answer", case.reference),
        {
            f"item-{first.pk}-value": model,
            f"item-{first.pk}-text": "",
            f"item-{second.pk}-text": "It is on its way <b>",
        },
    )

    assert response.status_code == 422
    assert "It is on its way &lt;b&gt;" in response.content.decode()
    case.refresh_from_db()
    assert case.status == "returned"


def test_a_refused_file_keeps_the_words_and_the_files_that_were_taken(page, clerk):
    case = returned_case(clerk, ("RC01", {"document_kind": "contract"}))
    item = Request.objects.get().items.get()

    response = page.post(
        url("application_answer", case.reference),
        {
            f"item-{item.pk}-text": "Both contracts",
            f"item-{item.pk}-files": [
                SimpleUploadedFile("good.pdf", letter_of(case), "application/pdf"),
                SimpleUploadedFile("bad.exe", b"MZ\x90\x00", "application/x-msdownload"),
            ],
        },
    )

    taken = Document.objects.get(kind="contract")
    body = response.content.decode()
    assert response.status_code == 422
    assert "Both contracts" in body
    assert "bad.exe" in body
    assert f'value="{taken.pk}"' in body
    assert "checked" in body


def test_a_case_that_asks_nothing_has_no_answer_page(page, clerk):
    case = make_case(clerk.exporter, by=clerk)

    response = page.get(url("application_answer", case.reference))

    assert response["Location"] == url("application", case.reference)


def test_withdrawing_asks_first(page, clerk):
    case = make_case(clerk.exporter, by=clerk)
    address = url("application_withdraw", case.reference)

    assert page.get(address).status_code == 200
    page.post(address, {"note": "sold at home"})

    case.refresh_from_db()
    assert case.status == "withdrawn"
    assert not Line.objects.filter(live=True).exists()
    response = page.get(url("application", case.reference))
    assert "sold at home" in response.content.decode()
    assert response.context["turn"].whose == "closed"


def test_what_is_decided_cannot_be_withdrawn(page, clerk):
    case = issued_case(clerk)

    response = page.post(url("application_withdraw", case.reference), {})

    assert response.status_code == 422


def test_a_licence_downloads_as_pdf_and_the_ledger_knows(page, clerk):
    issued_case(clerk)
    licence = Licence.objects.get()

    response = page.get(url("licence_paper", licence.number))

    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert response["Content-Disposition"] == f'attachment; filename="{licence.number}.pdf"'
    assert Event.objects.filter(action="licence.downloaded", actor="Alice").exists()


def test_a_revoked_licence_is_told_as_such(page, clerk):
    case = issued_case(clerk)
    senior = make_person("senior", clerk.exporter.office)
    licensing.revoke(Licence.objects.get(), by=senior, at=factories.NOON, note="Letter revoked")

    context = page.get(url("application", case.reference)).context

    assert (context["word"].code, context["turn"].whose) == ("revoked", "ended")


def test_a_refusal_shows_reasons_and_cures_and_never_the_reviewer_s_words(page, clerk):
    vehicle = make_vehicle(clerk.exporter, by=clerk, age=100)
    case = make_case(clerk.exporter, vehicle, by=clerk)
    reviewer = make_person("reviewer", clerk.exporter.office)
    senior = make_person("senior", clerk.exporter.office)
    case = claims.claim(Case.objects.get(pk=case.pk), by=reviewer, at=factories.NOON)
    decision = decisions.recommend(
        case,
        "refuse",
        reasons=[Reason.objects.get(pk="RF01")],
        by=reviewer,
        at=factories.NOON,
        note="internal suspicion",
    )
    decisions.sign(decision, by=senior, at=factories.NOON)

    body = page.get(url("application", case.reference)).content.decode()

    assert Reason.objects.get(pk="RF01").text_en.replace("'", "&#x27;") in body
    assert "internal suspicion" not in body


def test_an_opened_notice_counts_as_read_and_leads_to_its_page(page, clerk):
    case = make_case(clerk.exporter, by=clerk)
    notice = Notice.objects.get(to=clerk)

    assert 'class="count">1<' in page.get(reverse("notices")).content.decode()
    response = page.get(reverse("notice", args=[notice.pk]))

    assert response["Location"] == url("application", case.reference)
    assert 'class="count"' not in page.get(reverse("notices")).content.decode()


def test_a_person_who_only_reads_sees_no_button_and_may_not_send(client, clerk):
    case = returned_case(clerk, ("RC01", {"document_kind": "contract"}))
    viewer = make_person("viewer", clerk.exporter, language="en")
    client.force_login(viewer)

    assert (
        url("application_answer", case.reference)
        not in client.get(url("application", case.reference)).content.decode()
    )
    assert client.post(url("application_answer", case.reference), {}).status_code == 403
    home = client.get(url("home")).content.decode()
    assert url("application_answer", case.reference) not in home
    assert url("application", case.reference) in home


def test_a_stranger_finds_nothing(client, clerk):
    case = issued_case(clerk)
    notice = Notice.objects.filter(to=clerk).first()
    licence = Licence.objects.get()
    client.force_login(clerk_of(make_exporter()))

    for address in (
        url("application", case.reference),
        url("application_progress", case.reference),
        url("application_file", case.reference),
        url("application_answer", case.reference),
        url("application_withdraw", case.reference),
        url("application_attach", case.reference),
        url("licence_paper", licence.number),
        reverse("notice", args=[notice.pk]),
    ):
        assert client.get(address).status_code == 404, address
    for address in ("application_file", "application_answer", "application_withdraw"):
        assert client.post(url(address, case.reference), {}).status_code == 404, address


@pytest.mark.parametrize("count", [1, 3])
def test_lists_cost_the_same_for_one_row_and_for_three(
    page, clerk, count, django_assert_max_num_queries
):
    for _ in range(count):
        issued_case(clerk)
    make_draft(clerk.exporter, by=clerk)

    with django_assert_max_num_queries(7):
        assert len(page.get(url("applications")).context["rows"]) == count + 1
    with django_assert_max_num_queries(7):
        page.get(url("licences"))
    with django_assert_max_num_queries(7):
        page.get(reverse("notices"))
    with django_assert_max_num_queries(12):
        page.get(url("home"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_draft_costs_the_same_for_one_vehicle_and_for_three(
    page, clerk, exporter, count, django_assert_max_num_queries
):
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(count)]
    make_confirmation(vehicles, by=clerk)
    Document.objects.update(state=Document.State.READY)
    draft = make_draft(exporter, *vehicles, by=clerk)

    with django_assert_max_num_queries(31):
        page.get(url("application", draft.reference))


@pytest.mark.parametrize("count", [1, 3])
def test_a_filed_application_costs_the_same_for_one_vehicle_and_for_three(
    page, clerk, exporter, count, django_assert_max_num_queries
):
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(count)]
    make_confirmation(vehicles, by=clerk)
    case = make_case(exporter, *vehicles, by=clerk)

    with django_assert_max_num_queries(14):
        page.get(url("application", case.reference))


def test_the_list_finds_by_reference_vin_and_state(page, clerk, exporter):
    vehicle = make_vehicle(exporter, by=clerk)
    draft = make_draft(exporter, vehicle, by=clerk)
    case = make_case(exporter, by=clerk)

    def found(**query):
        return [row.reference for row, *_ in page.get(url("applications"), query).context["rows"]]

    assert found(q=vehicle.vin) == [draft.reference]
    assert found(q=case.reference.lower()) == [case.reference]
    assert found(state="draft") == [draft.reference]
    assert found(state="in_progress") == [case.reference]
    assert found(before=str(case.application_id)) == [draft.reference]
    assert found(q="\x00'", before="9" * 40) == []


def test_without_a_letter_its_absence_is_said_once(page, clerk, exporter):
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, age=100), by=clerk)

    [vehicle] = page.get(url("application", draft.reference)).context["vehicles"]

    assert [f.title for f in vehicle.open if f.outcome == "fail"] == [
        "Days since registration",
        "Confirmation present where needed",
    ]
    assert not [f for f in vehicle.open if "see CNF-01" in f.sentence]
    assert len(vehicle.open) + len(vehicle.settled) == len(vehicle.findings) == 36
