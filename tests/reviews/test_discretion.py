"""What papers share with others' papers: told to the reviewer, never to another exporter."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from documents import filing
from documents.models import Confirmation, Document, Echo
from exports.models import Application, Exporter, User
from reviews import assessment, casefile, claims, dossier
from reviews.desk_forms import RequestForm
from reviews.discretion import for_exporter
from reviews.models import Case
from tests.factories import (
    NOON,
    TODAY,
    checked,
    clerk_of,
    make_case,
    make_confirmation,
    make_draft,
    make_exporter,
    make_vehicle,
    make_vin,
)

pytestmark = pytest.mark.usefixtures("law")
CHECK_OF = {
    Echo.Kind.SAME_FILE: "DOC-02",
    Echo.Kind.NEAR_PAGE: "DOC-02",
    Echo.Kind.NUMBER_REUSED: "DOC-03",
    Echo.Kind.OTHER_COUNTRY: "DOC-04",
    Echo.Kind.OTHER_EXPORTER: "DOC-05",
    Echo.Kind.SEAL_COPIED: "DOC-06",
}


@pytest.fixture
def rival(exporter: Exporter) -> Exporter:
    """Another company of the same place."""
    return make_exporter(office=exporter.office, name_zh="天津竞争汽车出口有限公司")


def letter_of(exporter: Exporter, *, by: User, vin: str = "") -> Confirmation:
    """Return a letter for one young vehicle, looked at by the pipeline."""
    vehicle = make_vehicle(exporter, by=by, age=100, vin=vin or make_vin())
    letter = make_confirmation([vehicle], by=by, number=f"N-{vehicle.vin}")
    Document.objects.filter(pk=letter.document_id).update(state=Document.State.READY)
    letter.document.pages.create(number=1, width=100, height=140, image="1.webp", mark="f" * 16)
    return letter


def filed(letter: Confirmation, *, by: User) -> Case:
    """Return the case that *letter* was filed with, not checked yet."""
    vehicle = letter.exporter.vehicles.get(vin=letter.vehicles.get().vin)
    case = make_case(letter.exporter, vehicle, by=by)
    filing.attach(letter.document, case.application, by=by, at=NOON)
    return case


def share(newer: Confirmation, older: Confirmation) -> None:
    """Let two letters share everything two letters can share."""
    vins = [each.vehicles.get().vin for each in (newer, older)]
    countries = {"countries": ["KZ"], "earlier_countries": ["RU"]}
    facts = {"vins": vins, "number": "N-1", "page": 1, "earlier_page": 1} | countries
    Echo.objects.all().delete()
    for kind in Echo.Kind:
        Echo.objects.create(
            document=newer.document,
            earlier=older.document,
            kind=kind,
            facts=facts,
            noticed_at=NOON + timedelta(minutes=1),
        )


@pytest.fixture
def strangers(exporter: Exporter, clerk: User, rival: Exporter) -> tuple[Case, Case]:
    """My case and another exporter's, whose letters share everything; mine is the newer one."""
    older = letter_of(rival, by=clerk_of(rival))
    mine = letter_of(exporter, by=clerk)
    share(mine, older)
    mine, theirs = filed(mine, by=clerk), filed(older, by=clerk_of(rival))
    return checked(mine), checked(theirs)


@pytest.fixture
def own(exporter: Exporter, clerk: User) -> tuple[Case, Case]:
    """Two cases of mine, whose letters share everything."""
    older, newer = (letter_of(exporter, by=clerk) for _ in range(2))
    share(newer, older)
    late, early = filed(newer, by=clerk), filed(older, by=clerk)
    return checked(late), checked(early)


def found(case: Case) -> dict[str, str]:
    """Return the outcomes of the checks on papers."""
    run = case.runs.order_by("-id")[0]
    rows = run.findings.filter(check_id__startswith="DOC")
    return dict(rows.values_list("check_id", "outcome"))


def told(case: Case) -> dict[str, tuple[str, str]]:
    """Return outcome and sentence of each check on papers as the exporter reads it."""
    run = case.runs.order_by("-id")[0]
    rows = run.findings.filter(check_id__in=CHECK_OF.values())
    heard = ((row.check_id, for_exporter(row)) for row in rows)
    return {check_id: (str(each.outcome), each.sentence.en) for check_id, each in heard}


def test_every_kind_of_echo_reaches_the_reviewer_of_either_paper(strangers, own):
    for case in (*strangers, *own):
        assert {found(case)[check] for check in CHECK_OF.values()} == {"attention"}


def test_the_exporter_of_either_paper_hears_what_one_hears_who_shares_nothing(
    strangers, exporter, clerk
):
    alone = checked(filed(letter_of(exporter, by=clerk), by=clerk))

    for case in strangers:
        assert told(case) == told(alone)
        assert {outcome for outcome, _said in told(case).values()} == {"pass"}


def test_the_exporter_hears_what_two_of_its_own_papers_share(own, exporter):
    newer, older = own

    for case, other in ((newer, older), (older, newer)):
        for outcome, said in told(case).values():
            assert outcome == "attention"
            assert other.reference in said


def test_many_strangers_do_not_crowd_out_what_an_exporter_may_hear(own, rival, monkeypatch):
    monkeypatch.setattr("documents.evidence.MOST_ECHOES", 8)
    by = clerk_of(rival)
    mine = own[0].application.attachments.get().document
    for _ in range(3):
        theirs = letter_of(rival, by=by).document
        Echo.objects.create(document=theirs, earlier=mine, kind="same_file", noticed_at=NOON)

    (again,) = assessment.preview(own[0].application, applied_on=TODAY).values()

    said = {finding.check_id: for_exporter(finding) for finding in again}
    assert own[1].reference in said["DOC-02"].sentence.en
    assert rival.name_zh not in said["DOC-02"].sentence.en


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_page_of_the_portal_names_the_other(strangers, client: Client, clerk, language):
    mine, theirs = strangers
    clerk.language = language
    clerk.save()
    client.force_login(clerk)
    letter = mine.application.attachments.get().document

    pages = [
        reverse("portal:home"),
        reverse("notices"),
        reverse("portal:application", args=[mine.reference]),
        reverse("portal:application_progress", args=[mine.reference]),
        reverse("portal:letters"),
        reverse("portal:letter", args=[letter.key]),
        reverse("portal:document", args=[letter.key]),
    ]
    for address in pages:
        shown = client.get(address, follow=True).content.decode()
        assert theirs.exporter.name_zh not in shown, address
        assert theirs.reference not in shown, address
        assert str(theirs.application.attachments.get().document.key) not in shown, address


def test_a_draft_hears_no_more_than_a_filed_application(exporter, clerk, rival):
    older, mine = letter_of(rival, by=clerk_of(rival)), letter_of(exporter, by=clerk)
    share(mine, older)
    vehicle = exporter.vehicles.get(vin=mine.vehicles.get().vin)
    draft: Application = make_draft(exporter, vehicle, by=clerk)

    with translation.override("en"):
        (view,) = dossier.views_of_draft(draft, on=TODAY)
        said = {finding.title: finding.sentence for finding in view.findings}

    assert said["Paper not seen before"] == "Nothing came of comparing with earlier papers."
    assert not [each for each in said.values() if rival.name_zh in each]


def test_the_reviewer_is_told_whose_paper_it_is_and_led_to_its_case(
    strangers, client: Client, reviewer
):
    mine, theirs = strangers
    client.force_login(reviewer)

    page = client.get(reverse("workbench:case", args=[mine.reference])).content.decode()

    other = theirs.application.attachments.get().document
    assert theirs.exporter.name_zh in page
    address = reverse("workbench:case", args=[theirs.reference], query={"document": other.key})
    assert address in page
    assert client.get(address).status_code == 200


def test_the_exporter_is_asked_about_its_own_papers_only(strangers, own, reviewer):
    for case, expected in ((strangers[0], set()), (own[0], set(CHECK_OF.values()))):
        claimed = claims.claim(case, by=reviewer, at=NOON)
        file = casefile.read(claimed, user=reviewer, vin="", document="")
        proposals = RequestForm(file=file, action="request").proposals.values()
        asked = [each.question for each in proposals if each.question.check_id in found(case)]

        about = {question.check_id for question in asked} - {"DOC-01"}
        assert about == expected
        assert not [q for q in asked if strangers[1].reference in q.text]


def test_where_a_vin_is_used_is_not_asked_of_the_exporter_either(exporter, clerk, rival, reviewer):
    vin = make_vin()
    theirs = filed(letter_of(rival, by=clerk_of(rival), vin=vin), by=clerk_of(rival))
    draft = make_draft(exporter, make_vehicle(exporter, by=clerk, vin=vin), by=clerk)

    (findings,) = assessment.preview(draft, applied_on=TODAY).values()

    (taken,) = [finding for finding in findings if finding.check_id == "VIN-04"]
    assert theirs.reference in taken.sentence.en
    assert theirs.reference not in for_exporter(taken).sentence.en
    assert for_exporter(taken).outcome == taken.outcome
