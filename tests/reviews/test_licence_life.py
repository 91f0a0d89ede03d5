"""A licence after its issue: found, taken along, used, replaced."""

import io
import zipfile
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pytest_django import DjangoAssertNumQueries

from exports.errors import Moved, NotAllowed, ReasonNeeded, RoleMissing
from exports.models import Event, Exporter, Line, Notice, Role, User
from reviews import claims, decisions, licensing
from reviews.licences.errors import (
    LicenceOver,
    NoneExported,
    NotOnLicence,
    OutsideTerm,
    ReplacementAsked,
)
from reviews.licences.replacing import approve_replacement, ask_replacement, decline_replacement
from reviews.licences.usage import report_use
from reviews.models import Licence, Replacement
from tests.factories import (
    NOON,
    TODAY,
    answer_registry,
    checked,
    clerk_of,
    make_case,
    make_exporter,
    make_person,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")
DECLARATION = "020220261000000001"


def issue(exporter: Exporter, *, clerk: User, reviewer: User, cars: int = 1) -> Licence:
    vehicles = [make_vehicle(exporter, by=clerk) for _ in range(cars)]
    for vehicle in vehicles:
        answer_registry(vehicle)
    case = checked(make_case(exporter, *vehicles, by=clerk))
    return decisions.issue(claims.claim(case, by=reviewer, at=NOON), by=reviewer, at=NOON).licence


@pytest.fixture
def licence(exporter: Exporter, clerk: User, reviewer: User) -> Licence:
    """A licence for two vehicles, issued at noon."""
    return issue(exporter, clerk=clerk, reviewer=reviewer, cars=2)


def vins_of(licence: Licence) -> list[str]:
    return list(licence.lines.values_list("vin", flat=True))


def use(licence: Licence, *, by: User, exported: list[str] | None = None, **facts: object) -> None:
    given = {"used_on": TODAY, "declaration": DECLARATION, "exported": exported} | facts
    if exported is None:
        given["exported"] = vins_of(licence)
    report_use(licence, by=by, at=NOON, **given)  # type: ignore[arg-type]  # names are checked above


# --- use ----------------------------------------------------------------------------------------
def test_a_licence_used_for_all_its_vehicles_is_used(licence: Licence, clerk: User):
    use(licence, by=clerk)

    licence.refresh_from_db()
    assert licence.state == Licence.State.USED
    assert licence.use.declaration == DECLARATION
    assert set(licence.lines.values_list("exported", flat=True)) == {True}
    assert Event.objects.filter(action="licence.used").count() == 1
    assert Line.objects.filter(vin__in=vins_of(licence), live=True).count() == 2


def test_what_was_left_behind_is_free_again_and_the_seniors_are_told(
    licence: Licence, clerk: User, senior: User
):
    gone, left = vins_of(licence)

    use(licence, by=clerk, exported=[gone])

    licence.refresh_from_db()
    assert licence.state == Licence.State.PARTLY
    assert dict(licence.lines.values_list("vin", "exported")) == {gone: True, left: False}
    assert list(Line.objects.filter(live=True).values_list("vin", flat=True)) == [gone]
    assert Notice.objects.get(template="reviews/used_partly").to == senior


def test_a_licence_is_used_once(licence: Licence, clerk: User):
    stale = Licence.objects.get(pk=licence.pk)
    use(licence, by=clerk)

    with pytest.raises(Moved):
        use(stale, by=clerk)
    with pytest.raises(LicenceOver):
        use(Licence.objects.get(pk=licence.pk), by=clerk)


@pytest.mark.parametrize("days", [-1, 1, 400])
def test_it_can_be_used_within_its_term_and_not_tomorrow(licence: Licence, clerk: User, days: int):
    with pytest.raises(OutsideTerm):
        use(licence, by=clerk, used_on=TODAY + timedelta(days=days))


def test_a_use_names_vehicles_and_only_its_own(licence: Licence, clerk: User):
    with pytest.raises(NoneExported):
        use(licence, by=clerk, exported=[])
    with pytest.raises(NotOnLicence):
        use(licence, by=clerk, exported=["LGXCE6CD0AA000000"])


@pytest.mark.parametrize("who", ["viewer", "stranger", "reviewer"])
def test_only_those_who_write_for_the_company_report(
    who: str, licence: Licence, exporter: Exporter, reviewer: User
):
    person = {
        "viewer": lambda: make_person(Role.VIEWER, exporter),
        "stranger": lambda: clerk_of(make_exporter()),
        "reviewer": lambda: reviewer,
    }[who]()

    with pytest.raises(NotAllowed):
        use(licence, by=person)
    with pytest.raises(NotAllowed):
        ask_replacement(licence, by=person, at=NOON, reason="other", text="改目的国")


# --- replacement --------------------------------------------------------------------------------
def ask(licence: Licence, *, by: User) -> Replacement:
    return ask_replacement(licence, by=by, at=NOON, reason="destination", text="改为乌兹别克斯坦")


def test_a_replacement_is_asked_once_and_the_seniors_are_told(
    licence: Licence, clerk: User, senior: User
):
    ask(licence, by=clerk)

    with pytest.raises(ReplacementAsked):
        ask(licence, by=clerk)
    assert Notice.objects.filter(template="reviews/replacement_asked", to=senior).count() == 1


def test_the_queue_leads_to_what_is_asked_and_to_the_inbox_with_what_waits(
    licence: Licence, clerk: User, senior: User, client: Client
):
    ask(licence, by=clerk)
    client.force_login(senior)
    page = client.get("/workbench/cases/").content.decode()

    for address in (reverse("workbench:replacements"), reverse("notices")):
        link = page.split(f'href="{address}"')[1].split("</a>")[0]
        assert '<span class="count">1</span>' in link


def test_approved_the_licence_is_revoked_and_its_vehicles_are_free(
    licence: Licence, clerk: User, senior: User
):
    asked = ask(licence, by=clerk)

    approve_replacement(asked, by=senior, at=NOON, note="同意换证")

    licence.refresh_from_db()
    assert licence.state == Licence.State.REVOKED
    assert not Line.objects.filter(live=True).exists()
    assert Notice.objects.filter(template="reviews/revoked").exists()
    with pytest.raises(LicenceOver):
        approve_replacement(Replacement.objects.get(), by=senior, at=NOON, note="再次")


def test_declined_the_licence_stays_and_another_request_is_possible(
    licence: Licence, clerk: User, senior: User
):
    asked = ask(licence, by=clerk)
    decline_replacement(asked, by=senior, at=NOON, note="理由不足")

    licence.refresh_from_db()
    assert licence.state == Licence.State.LIVE
    assert Notice.objects.filter(template="reviews/replacement_declined").exists()
    with pytest.raises(Moved):
        decline_replacement(asked, by=senior, at=NOON, note="再次")
    ask(licence, by=clerk)


def test_only_who_may_revoke_answers_and_says_why(
    licence: Licence, clerk: User, reviewer: User, senior: User
):
    asked = ask(licence, by=clerk)

    for act in (approve_replacement, decline_replacement):
        with pytest.raises(RoleMissing):
            act(asked, by=reviewer, at=NOON, note="同意")
        with pytest.raises(ReasonNeeded):
            act(asked, by=senior, at=NOON, note=" ")


def test_a_used_licence_is_neither_replaced_nor_revoked(
    licence: Licence, clerk: User, senior: User
):
    use(licence, by=clerk)
    licence.refresh_from_db()

    with pytest.raises(LicenceOver):
        ask(licence, by=clerk)
    with pytest.raises(Exception, match=r"used|Used|已使用"), override("en"):
        licensing.revoke(licence, by=senior, at=NOON, note="x")


# --- pages --------------------------------------------------------------------------------------
@time_machine.travel(NOON, tick=False)
def test_the_exporter_reports_the_use_on_a_page(licence: Licence, clerk: User, client: Client):
    client.force_login(clerk)
    address = reverse("portal:licence_use", args=[licence.number])

    wrong = client.post(address, {"declaration": "12", "used_on": "", "exported": []})
    assert wrong.status_code == 422
    assert 'value="12"' in wrong.content.decode()

    facts = {"declaration": DECLARATION, "used_on": f"{licence.issued_on:%Y-%m-%d}"}
    client.post(address, facts | {"exported": vins_of(licence)})
    licence.refresh_from_db()
    assert licence.state == Licence.State.USED


def test_the_office_answers_on_a_page(licence: Licence, clerk: User, senior: User, client: Client):
    asked = ask(licence, by=clerk)
    client.force_login(senior)

    assert licence.number in client.get(reverse("workbench:replacements")).content.decode()
    address = reverse("workbench:replacement", args=[asked.pk])
    assert client.post(address, {"answer": "approve", "note": ""}).status_code == 422
    client.post(address, {"answer": "decline", "note": "理由不足"})
    asked.refresh_from_db()
    assert asked.state == Replacement.State.DECLINED


def test_a_stranger_finds_no_licence(licence: Licence, client: Client, senior: User):
    client.force_login(clerk_of(make_exporter()))

    for name in ("licence", "licence_use", "licence_replace", "licence_paper"):
        assert client.get(reverse(f"portal:{name}", args=[licence.number])).status_code == 404
    page = client.get(reverse("portal:licences"), {"q": licence.number}).content.decode()
    assert reverse("portal:licence", args=[licence.number]) not in page


def test_chosen_licences_come_as_one_file_and_the_ledger_knows(
    licence: Licence, exporter: Exporter, clerk: User, reviewer: User, client: Client
):
    other = issue(exporter, clerk=clerk, reviewer=reviewer)
    for each in (licence, other):
        licensing.draw(each, at=NOON)
    client.force_login(clerk)
    address = reverse("portal:licences_zip")

    sent = client.get(address, {"number": [licence.number, other.number, "CG-0"]})
    with zipfile.ZipFile(io.BytesIO(b"".join(sent.streaming_content))) as archive:
        names = archive.namelist()
        assert archive.read(names[0]).startswith(b"%PDF")
    assert sorted(names) == sorted(f"{each.number}.pdf" for each in (licence, other))
    assert Event.objects.filter(action="licence.downloaded").count() == 2
    month = client.get(address, {"month": f"{licence.issued_on:%Y-%m}"})
    assert month.status_code == 200
    for nonsense in ("0000-13", "x", "2026-11-05", "9999-12\0"):
        assert client.get(address, {"month": nonsense}).status_code == 302


@pytest.mark.parametrize("tab", ["", "live", "ending", "used", "over", "nonsense"])
def test_the_list_is_narrowed_by_tab_at_the_price_of_a_few_queries(
    tab: str,
    licence: Licence,
    clerk: User,
    client: Client,
    django_assert_max_num_queries: DjangoAssertNumQueries,
):
    client.force_login(clerk)
    with django_assert_max_num_queries(8):
        page = client.get(reverse("portal:licences"), {"tab": tab})
    assert page.status_code == 200
