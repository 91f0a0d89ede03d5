"""The reviewer's pages: who opens which, what they show, what each act does or refuses."""

from uuid import uuid4

import pytest
from django.urls import reverse

from documents.models import RegistryAnswer
from exports.models import OFFICE_ROLES, Event, Role, User
from reviews import claims, decisions, licensing
from reviews.acts import ACTS
from reviews.models import Case, Decision, Licence, Request
from tests import factories
from tests.factories import (
    NOON,
    ask_for,
    make_case,
    make_clean_case,
    make_confirmation,
    make_exporter,
    make_failing_case,
    make_office,
    make_person,
    make_vehicle,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
QUEUE = "/workbench/cases/"


@pytest.fixture
def case(exporter, clerk) -> Case:
    """A young vehicle without a letter: checked, claimed by nobody."""
    return make_failing_case(exporter, by=clerk)


@pytest.fixture
def claimed(case, reviewer) -> Case:
    return claims.claim(case, by=reviewer, at=NOON)


@pytest.fixture
def clean(exporter, clerk, reviewer) -> Case:
    return claims.claim(make_clean_case(exporter, by=clerk), by=reviewer, at=NOON)


def page(case: Case) -> str:
    return reverse("workbench:case", args=[case.reference])


def post(client, case: Case, action: str, **data):
    url = reverse("workbench:act", args=[case.reference, action])
    return client.post(url, {"version": case.version} | data)


def again(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


# --- doors ------------------------------------------------------------------------------------
PEOPLE = ["anonymous", "clerk", *[role.value for role in OFFICE_ROLES], "superuser"]
OPEN = {
    "queue": {"reviewer", "senior", "supervisor", "policy", "auditor", "superuser"},
    "case": {"reviewer", "senior", "supervisor", "policy", "auditor"},
    "index": {"reviewer", "senior", "supervisor", "policy", "auditor", "superuser"},
    "ledger": {"policy", "auditor", "superuser"},
}


def person_called(name: str, office) -> User:
    if name == "superuser":
        return User.objects.create_superuser("root@example.test", "x", name="Root")
    return make_person(name, office)


@pytest.mark.parametrize("where", OPEN)
@pytest.mark.parametrize("who", PEOPLE)
def test_every_role_meets_the_right_door(client, case, office, clerk, who, where):
    if who != "anonymous":
        client.force_login(clerk if who == "clerk" else person_called(who, office))
    address = page(case) if where == "case" else reverse(f"workbench:{where}")

    status = client.get(address).status_code

    if who in OPEN[where]:
        assert status == 200
    else:
        assert status == {"anonymous": 302, "superuser": 404}.get(who, 403)


def test_the_workbench_has_no_door_of_its_own(client, db):
    response = client.get("/workbench/login/?next=/workbench/cases/")

    assert response.status_code == 302
    assert response["Location"] == "/sign-in/?next=/workbench/cases/"


def test_another_offices_case_does_not_exist(client, case, exporter, clerk):
    letter = make_confirmation([case.application.lines.get().vehicle], by=clerk)
    client.force_login(make_person(Role.SENIOR, make_office("xinjiang")))
    key = letter.document.key
    addresses = [
        page(case),
        reverse("workbench:licence_paper", args=[case.reference]),
        reverse("workbench:document_original", args=[case.reference, key]),
        reverse("workbench:document_page", args=[case.reference, key, 1]),
    ]

    assert [client.get(address).status_code for address in addresses] == [404] * 4
    assert [post(client, case, action).status_code for action in ACTS] == [404] * len(ACTS)
    assert client.get(QUEUE, {"q": case.reference}).status_code == 200


def test_a_superuser_without_an_office_is_told_why_there_is_nothing(client, case):
    client.force_login(person_called("superuser", None))

    assert case.reference not in client.get(QUEUE).content.decode()
    assert "no office" in client.get("/workbench/?lang=en").content.decode()


# --- the case page ----------------------------------------------------------------------------
def test_the_case_page_takes_fifteen_queries_for_twenty_vehicles(
    client, exporter, clerk, reviewer, senior, django_assert_max_num_queries
):
    """Also at its heaviest: asked, answered, recommended and sent back before."""
    vehicles = [make_vehicle(exporter, by=clerk, age=100) for _ in range(20)]
    make_confirmation(vehicles, by=clerk)
    case = factories.checked(make_case(exporter, *vehicles, by=clerk))
    case = claims.claim(case, by=reviewer, at=NOON)
    case = factories.checked(factories.answer_all(ask_for(case, by=reviewer), by=clerk))
    decision = recommend_refusal(case, by=reviewer)
    decisions.send_back(decision, by=senior, at=NOON, note="更正")
    client.force_login(reviewer)

    with django_assert_max_num_queries(15):
        response = client.get(page(case))

    assert response.status_code == 200
    text = response.content.decode()
    assert all(vehicle.vin[-8:] in text for vehicle in vehicles)


def test_the_case_page_opens_at_the_vehicle_and_document_asked_for(
    client, exporter, clerk, reviewer
):
    one, two = (make_vehicle(exporter, by=clerk, age=100) for _ in range(2))
    letter = make_confirmation([two], by=clerk, number="ASC-2")
    case = factories.checked(make_case(exporter, one, two, by=clerk))
    client.force_login(reviewer)

    response = client.get(page(case), {"vin": two.vin, "document": str(letter.document.key)})

    file = response.context["file"]
    assert file.line.vin == two.vin
    assert file.paper.key == str(letter.document.key)
    assert [each.facts.number for each in file.letters] == ["ASC-2"]
    assert client.get(page(case), {"vin": "x", "document": "x"}).status_code == 200


def test_acts_that_are_not_open_say_why(client, case, reviewer):
    client.force_login(reviewer)

    text = client.get(page(case), {"lang": "en"}).content.decode()

    assert f"Claim {case} first." in text
    assert reverse("workbench:act", args=[case.reference, "claim"]) in text
    assert reverse("workbench:act", args=[case.reference, "issue"]) not in text


def test_an_auditor_is_offered_nothing(client, case, office):
    client.force_login(make_person(Role.AUDITOR, office))

    text = client.get(page(case)).content.decode()

    assert 'method="post" action="/workbench/cases/' not in text


def test_a_case_whose_checks_have_not_run_can_be_looked_at(client, exporter, clerk, reviewer):
    case = make_case(exporter, by=clerk)
    client.force_login(reviewer)

    assert client.get(page(case)).status_code == 200


# --- acts -------------------------------------------------------------------------------------
def test_claiming_and_releasing(client, case, reviewer):
    client.force_login(reviewer)

    assert post(client, case, "claim").status_code == 302
    assert again(case).assignee == reviewer
    assert post(client, again(case), "release").status_code == 302
    assert again(case).assignee is None


def test_issuing_a_clean_case_alone(client, clean, reviewer):
    client.force_login(reviewer)

    assert post(client, clean, "issue", note="").status_code == 302

    assert again(clean).status == "issued"
    assert Licence.objects.get().case == clean


def test_a_failed_check_keeps_one_person_from_issuing_and_nothing_is_lost(
    client, claimed, reviewer
):
    client.force_login(reviewer)

    response = post(client, claimed, "issue", note="核对无误，可以签发")

    assert response.status_code == 409
    assert "核对无误，可以签发" in response.content.decode()
    assert again(claimed).status == "in_review"


def test_asking_needs_no_typing(client, claimed, reviewer):
    """What failed is ticked already; sending the form as it opens asks for it."""
    client.force_login(reviewer)
    offers = {o.name: o for o in client.get(page(claimed)).context["offers"]}
    ticked = offers["request"].form["items"].initial

    assert post(client, claimed, "request", items=ticked).status_code == 302

    items = Request.objects.get().items.all()
    assert {item.check_id for item in items} >= {"CNF-01"}
    assert {item.document_kind for item in items if item.check_id == "CNF-01"} == {"confirmation"}
    assert all(item.reason.use == "correction" for item in items)
    assert again(claimed).status == "returned"


def test_a_question_of_ones_own_is_asked_as_written(client, claimed, reviewer):
    client.force_login(reviewer)
    own = {"reason": "RC09", "document_kind": "contract", "question": "请补充售后条款"}

    assert post(client, claimed, "request", **own).status_code == 302

    item = Request.objects.get().items.get()
    assert (item.reason_id, item.document_kind, item.question) == (
        "RC09",
        "contract",
        "请补充售后条款",
    )


def test_asking_nothing_is_refused(client, claimed, reviewer):
    client.force_login(reviewer)

    assert post(client, claimed, "request", note="?").status_code == 422
    assert again(claimed).status == "in_review"


def test_a_refusal_takes_two_people(client, claimed, reviewer, senior):
    client.force_login(reviewer)
    assert post(client, claimed, "recommend-refusal", note="无").status_code == 422
    given = {"reasons": ["RF01"], "note": "无确认书"}
    assert post(client, claimed, "recommend-refusal", **given).status_code == 302
    assert post(client, again(claimed), "sign").status_code == 422

    client.force_login(senior)
    assert post(client, again(claimed), "sign").status_code == 302

    assert again(claimed).status == "refused"
    assert Decision.objects.get().signed_by == senior


def test_an_issue_over_a_failed_check_takes_a_reason_words_and_two_people(
    client, claimed, reviewer, senior
):
    client.force_login(reviewer)
    assert post(client, claimed, "recommend-issue", reasons=["OV02"]).status_code == 422
    refused = post(client, claimed, "recommend-issue", note="已核实")
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == ["reasons"]
    given = {"reasons": ["OV02"], "note": "已向生产企业核实"}
    assert post(client, claimed, "recommend-issue", **given).status_code == 302

    client.force_login(senior)
    assert post(client, again(claimed), "sign").status_code == 302

    assert again(claimed).status == "issued"


def test_whoever_recommended_cannot_sign_superuser_or_not(client, claimed, reviewer, office):
    almighty = make_person(Role.SUPERVISOR, office, is_superuser=True)
    taken = claims.claim(claimed, by=almighty, at=NOON)
    recommend_refusal(taken, by=almighty)
    client.force_login(almighty)

    response = post(client, again(claimed), "sign", note="我自己")

    assert response.status_code == 422
    assert "我自己" in response.content.decode()
    assert again(claimed).status == "held"


def test_a_signer_may_send_back_with_words(client, claimed, reviewer, senior):
    recommend_refusal(claimed, by=reviewer)
    client.force_login(senior)

    assert post(client, again(claimed), "send-back", note="").status_code == 422
    assert post(client, again(claimed), "send-back", note="请先询问").status_code == 302

    assert again(claimed).status == "in_review"


def test_the_registrys_answer_is_kept_and_judged_at_once(client, clean, reviewer):
    client.force_login(reviewer)
    vin = clean.first_vin
    answer = {"vin": vin, "source": "phone", "registered_on": "2026-06-01", "stolen": "true"}

    assert post(client, clean, "registry", **answer).status_code == 302

    kept = RegistryAnswer.objects.latest("id")
    assert (kept.vin, kept.stolen, kept.mortgaged) == (vin, True, None)
    assert kept.recorded_by == reviewer
    assert clean.runs.count() == 2
    assert again(clean).failed > 0


def test_a_vehicle_of_no_batch_gets_no_answer(client, clean, reviewer):
    client.force_login(reviewer)

    refused = post(client, clean, "registry", vin=factories.make_vin(999999), source="phone")

    assert refused.status_code == 422
    assert RegistryAnswer.objects.count() == 1


def test_checks_can_be_run_again_by_the_holder_only(client, claimed, reviewer, senior):
    client.force_login(senior)
    assert post(client, claimed, "recheck").status_code == 409

    client.force_login(reviewer)
    assert post(client, claimed, "recheck").status_code == 302

    assert claimed.runs.count() == 2


def test_checks_that_gave_up_can_be_tried_again(client, exporter, clerk, reviewer, settings):
    case = make_case(exporter, by=clerk)
    client.force_login(reviewer)
    assert post(client, case, "retry").status_code == 409
    Case.objects.filter(pk=case.pk).update(attempts=settings.MAX_ATTEMPTS)

    assert post(client, case, "retry").status_code == 302

    assert again(case).attempts == 0


def test_a_licence_is_revoked_by_a_signer_with_words(client, clean, reviewer, senior):
    decisions.issue(clean, by=reviewer, at=NOON)
    client.force_login(senior)

    assert post(client, again(clean), "revoke", note=" ").status_code == 422
    assert post(client, again(clean), "revoke", note="确认书虚假").status_code == 302

    assert Licence.objects.get().state == "revoked"
    assert post(client, again(clean), "revoke", note="再次").status_code == 409


def test_revoking_what_was_never_issued_is_refused(client, case, senior):
    client.force_login(senior)

    assert post(client, case, "revoke", note="x").status_code == 409


def test_whoever_acts_on_a_stale_page_is_told_and_loses_nothing(client, claimed, reviewer):
    seen = again(claimed)
    ask_for(claimed, by=reviewer)
    client.force_login(reviewer)

    response = post(client, seen, "recommend-refusal", reasons=["RF01"], note="长长的理由")

    assert response.status_code == 409
    assert "长长的理由" in response.content.decode()
    assert not Decision.objects.exists()


@pytest.mark.parametrize("version", ["", "x", "-1", "99999999999999999999"])
def test_a_version_nobody_saw_moves_nothing(client, claimed, reviewer, version):
    client.force_login(reviewer)

    response = client.post(
        reverse("workbench:act", args=[claimed.reference, "release"]), {"version": version}
    )

    assert response.status_code in (409, 422)
    assert again(claimed).assignee == reviewer


def test_an_act_nobody_knows_is_not_found(client, claimed, reviewer):
    client.force_login(reviewer)

    assert post(client, claimed, "approve").status_code == 404
    url = reverse("workbench:act", args=[claimed.reference, "claim"])
    assert client.get(url).status_code == 405


# --- papers -----------------------------------------------------------------------------------
@pytest.mark.usefixtures("committed")
def test_papers_are_sent_to_staff_and_the_ledger_remembers(client):
    exporter = make_exporter()
    clerk = factories.clerk_of(exporter)
    vehicle = make_vehicle(exporter, by=clerk, age=300)
    letter = make_confirmation([vehicle], by=clerk)
    foreign = make_confirmation([make_vehicle(exporter, by=clerk)], by=clerk, number="ASC-3")
    reviewer = make_person(Role.REVIEWER, exporter.office)
    case = make_case(exporter, vehicle, by=clerk)
    case = claims.claim(Case.objects.get(pk=case.pk), by=reviewer, at=NOON)
    decisions.issue(case, by=reviewer, at=NOON)
    client.force_login(reviewer)

    def get(name, *args):
        return client.get(reverse(f"workbench:{name}", args=[case.reference, *args]))

    picture = get("document_page", letter.document.key, 1)
    assert picture["Content-Type"] == "image/webp"
    assert b"".join(picture.streaming_content)[8:12] == b"WEBP"
    original = get("document_original", letter.document.key)
    assert "attachment" in original["Content-Disposition"]
    assert b"".join(original.streaming_content).startswith(b"%PDF")
    paper = get("licence_paper")
    assert b"".join(paper.streaming_content).startswith(b"%PDF")
    assert get("document_page", letter.document.key, 99).status_code == 404
    assert get("document_original", foreign.document.key).status_code == 404
    assert get("document_original", uuid4()).status_code == 404
    acts = Event.objects.filter(actor=reviewer.name).values_list("action", flat=True)
    assert {"document.downloaded", "licence.downloaded"} <= set(acts)


def test_a_paper_that_is_not_drawn_is_not_there(client, clean, reviewer):
    decisions.issue(clean, by=reviewer, at=NOON)
    client.force_login(reviewer)

    address = reverse("workbench:licence_paper", args=[clean.reference])

    assert client.get(address).status_code == 404
    assert licensing.verify_url(Licence.objects.get()) in client.get(page(clean)).content.decode()
