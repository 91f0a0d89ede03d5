"""Stock pages of the claim: who reads, who changes, and that every change stands on the ledger."""

import json

import pytest
from django.contrib import admin
from django.urls import reverse

from exports.models import (
    Destination,
    Event,
    Exporter,
    Manufacturer,
    Membership,
    Notice,
    Office,
    Policy,
    User,
)
from tests.factories import NOON, make_manufacturer, make_office, make_person

pytestmark = pytest.mark.usefixtures("law")
FILL = {"name_zh": "哈萨克斯坦", "name_en": "Kazakhstan", "neighbours": "[]", "region": "Asia"}
SEES = {
    "reviewer": {"view"},
    "senior": {"view"},
    "supervisor": {"view", "change"},
    "policy": {"view", "change"},
    "auditor": {"view"},
    "superuser": {"view", "change"},
}


def sign_in(client, who: str, office: Office) -> User:
    if who == "superuser":
        person = User.objects.create_superuser("root@example.test", "x", name="Root")
    else:
        person = make_person(who, office, language="en")
    client.force_login(person)
    return person


def address(model: str, page: str, *args: object) -> str:
    return reverse(f"workbench:exports_{model}_{page}", args=args)


@pytest.mark.parametrize("who", SEES)
def test_reference_data_is_read_by_all_and_changed_by_few(client, office, who):
    person = sign_in(client, who, office)
    allowed = "change" in SEES[who]

    assert client.get(address("destination", "changelist")).status_code == 200
    assert client.get(address("destination", "change", "KZ")).status_code == 200
    assert client.get(address("destination", "add")).status_code == (200 if allowed else 403)
    saved = client.post(address("destination", "change", "KZ"), FILL | {"import_note": "左舵"})
    assert saved.status_code == (302 if allowed else 403)
    assert (Destination.objects.get(pk="KZ").import_note == "左舵") == allowed
    written = Event.objects.filter(subject="destination", subject_key="KZ")
    assert [event.actor for event in written] == ([person.name] if allowed else [])


def test_a_change_tells_before_and_after(client, office):
    sign_in(client, "policy", office)
    before = Destination.objects.get(pk="KZ").import_note

    client.post(address("destination", "change", "KZ"), FILL | {"import_note": "右舵禁止"})

    event = Event.objects.get(action="destination.changed")
    assert event.before["import_note"] == before
    assert event.after["import_note"] == "右舵禁止"


def test_saving_nothing_writes_nothing(client, office):
    sign_in(client, "policy", office)
    kept = Destination.objects.get(pk="KZ")
    same = {
        "name_zh": kept.name_zh,
        "name_en": kept.name_en,
        "region": kept.region,
        "drive_side": kept.drive_side,
        "neighbours": json.dumps(kept.neighbours),
        "import_note": kept.import_note,
        "note_source": kept.note_source,
    }

    assert client.post(address("destination", "change", "KZ"), same).status_code == 302

    assert [e.after for e in Event.objects.filter(subject="destination")] == []


def test_nothing_is_ever_deleted(client, office):
    sign_in(client, "superuser", office)

    for model, model_admin in admin.site._registry.items():
        name = f"workbench:{model._meta.app_label}_{model._meta.model_name}_delete"
        row = model._default_manager.first()
        if row is not None:
            assert client.post(reverse(name, args=[row.pk]), {"post": "yes"}).status_code == 403
        assert model_admin.show_facets is admin.ShowFacets.NEVER


@pytest.mark.parametrize("who", ["policy", "auditor", "superuser"])
def test_every_list_and_every_page_of_it_opens(client, office, exporter, clerk, who):
    sign_in(client, who, office)
    make_manufacturer()

    for model, model_admin in admin.site._registry.items():
        label = f"workbench:{model._meta.app_label}_{model._meta.model_name}"
        if not model_admin.has_view_permission(request_by(client)):
            continue
        assert client.get(reverse(f"{label}_changelist")).status_code == 200, model
        row = model_admin.get_queryset(request_by(client)).first()
        if row is not None:
            response = client.get(reverse(f"{label}_change", args=[row.pk]))
            assert response.status_code == 200, model
            assert response.content.count(b"<option") <= 200, model


def request_by(client):
    """Return a request as the signed-in person would send it."""
    return client.get("/workbench/").wsgi_request


# --- organisations and people -----------------------------------------------------------------
def test_an_exporters_standing_is_changed_under_its_credit_code(client, office, exporter):
    sign_in(client, "supervisor", office)
    facts = {
        name: getattr(exporter, name) or ""
        for name in ("name_zh", "name_en", "uscc", "filing_number", "filed_on", "filing_expires_on")
    }
    form = facts | {"office": office.pk, "former_names": "[]", "standing": "suspended"}

    response = client.post(address("exporter", "change", exporter.pk), form)

    assert response.status_code == 302
    assert Exporter.objects.get().standing == "suspended"
    assert Event.objects.filter(action="exporter.changed", subject_key=exporter.uscc).count() == 1


def test_another_provinces_exporter_is_not_there(client, exporter):
    sign_in(client, "supervisor", make_office("xinjiang"))

    assert client.get(address("exporter", "change", exporter.pk)).status_code == 302
    assert exporter.uscc not in client.get(address("exporter", "changelist")).content.decode()


def test_a_makers_new_name_goes_on_the_ledger(client, office):
    sign_in(client, "policy", office)
    maker = make_manufacturer("某某汽车有限公司")
    name = maker.names.get()
    form = {
        "kind": "maker",
        "names-TOTAL_FORMS": 2,
        "names-INITIAL_FORMS": 1,
        "names-0-id": name.pk,
        "names-0-manufacturer": maker.pk,
        "names-0-name": name.name,
        "names-0-listed_from": "2010-01-01",
        "names-0-listed_until": "2025-12-31",
        "names-1-manufacturer": maker.pk,
        "names-1-name": "某某汽车股份有限公司",
        "names-1-listed_from": "2026-01-01",
    }

    assert client.post(address("manufacturer", "change", maker.pk), form).status_code == 302

    assert Manufacturer.objects.get(pk=maker.pk).current_name == "某某汽车股份有限公司"
    event = Event.objects.get(action="manufacturer.changed")
    assert event.after["names"] == ["某某汽车股份有限公司", "某某汽车有限公司"]


PERSON = {
    "email": "neu@example.test",
    "name": "陈新",
    "language": "zh-hans",
    "password1": "ein langes passwort",
    "password2": "ein langes passwort",
    "membership-TOTAL_FORMS": 1,
    "membership-INITIAL_FORMS": 0,
    "membership-0-role": "reviewer",
}


@pytest.mark.parametrize("who", [who for who in SEES if who != "superuser"])
def test_only_a_superuser_admits_people(client, office, who):
    sign_in(client, who, office)

    response = client.post(address("user", "add"), PERSON | {"membership-0-office": office.pk})

    assert response.status_code == 403
    assert not User.objects.filter(email="neu@example.test").exists()


def test_a_person_is_admitted_with_a_membership_and_no_password_on_the_ledger(client, office):
    sign_in(client, "superuser", office)

    response = client.post(address("user", "add"), PERSON | {"membership-0-office": office.pk})

    assert response.status_code == 302
    person = User.objects.get(email="neu@example.test")
    assert (person.role, person.office) == ("reviewer", office)
    event = Event.objects.get(action="person.added")
    assert "passwort" not in str(event.after)
    assert event.after["membership"] == [f"陈新 · {office}"]


def test_a_membership_of_the_wrong_side_is_refused_on_the_form(client, office, exporter):
    sign_in(client, "superuser", office)

    response = client.post(address("user", "add"), PERSON | {"membership-0-exporter": exporter.pk})

    assert response.status_code == 200
    assert not User.objects.filter(email="neu@example.test").exists()


def test_nobody_raises_themselves(client, office):
    root = sign_in(client, "superuser", office)
    form = {"email": root.email, "name": "Kaiser", "language": "en", "is_active": "on"}
    own = form | {
        "membership-TOTAL_FORMS": 1,
        "membership-INITIAL_FORMS": 0,
        "membership-0-role": "senior",
        "membership-0-office": office.pk,
    }

    assert client.post(address("user", "change", root.pk), own).status_code == 403

    assert not Membership.objects.filter(user=root).exists()


def test_a_password_set_for_somebody_is_on_the_ledger(client, office, clerk):
    sign_in(client, "superuser", office)
    new = {"password1": "noch ein langes passwort", "password2": "noch ein langes passwort"}

    response = client.post(reverse("workbench:auth_user_password_change", args=[clerk.pk]), new)

    assert response.status_code == 302
    assert Event.objects.get(action="person.password_set").subject_key == clerk.email
    clerk.refresh_from_db()
    assert clerk.check_password("noch ein langes passwort")


# --- policies ---------------------------------------------------------------------------------
DRAFT = {
    "code": "648-2027",
    "effective_from": "2027-01-01",
    "window_days": 200,
    "inclusive": "on",
    "count_method": "difference",
    "clause_zh": "条",
    "clause_en": "clause",
}


def enact(client, policy: Policy):
    form = {"action": "enact", "_selected_action": [policy.pk]}
    return client.post(address("policy", "changelist"), form, follow=True)


def test_a_version_is_drafted_by_one_and_enacted_by_another(client, office):
    drafter = sign_in(client, "policy", office)
    assert client.post(address("policy", "add"), DRAFT).status_code == 302
    policy = Policy.objects.get(code="648-2027")
    assert policy.drafted_by == drafter
    assert client.post(address("policy", "change", policy.pk), DRAFT | {"window_days": 190})
    policy.refresh_from_db()
    assert policy.window_days == 190

    assert "another person" in enact(client, policy).content.decode()
    policy.refresh_from_db()
    assert policy.enacted_at is None

    sign_in(client, "supervisor", office)
    enact(client, policy)
    policy.refresh_from_db()
    assert policy.enacted_at is not None
    acts = Event.objects.filter(subject="policy").order_by("seq").values_list("action", flat=True)
    assert list(acts)[-3:] == ["policy.drafted", "policy.amended", "policy.enacted"]


def test_an_enacted_version_is_fixed(client, office):
    sign_in(client, "policy", office)
    policy = Policy.objects.enacted().get()

    assert client.get(address("policy", "change", policy.pk)).status_code == 200
    assert client.post(address("policy", "change", policy.pk), DRAFT).status_code == 403


def test_two_versions_cannot_begin_on_one_day(client, office):
    old = Policy.objects.enacted().get()
    policy = Policy.objects.create(
        code="twin", effective_from=old.effective_from, clause_zh="条", clause_en="c"
    )
    sign_in(client, "supervisor", office)

    text = enact(client, policy).content.decode()

    assert "takes effect on" in text
    policy.refresh_from_db()
    assert policy.enacted_at is None


@pytest.mark.parametrize("who", ["reviewer", "supervisor", "auditor", "superuser"])
def test_nobody_else_drafts(client, office, who):
    sign_in(client, who, office)

    assert client.post(address("policy", "add"), DRAFT).status_code == 403


# --- notices ----------------------------------------------------------------------------------
@pytest.fixture
def dead(clerk) -> Notice:
    return Notice.objects.create(
        to=clerk,
        template="reviews/filed",
        effect_key="filed:1",
        queued_at=NOON,
        next_at=NOON,
        attempts=5,
        state=Notice.State.DEAD,
    )


def run(client, action: str, notice: Notice, **more: str):
    form = {"action": action, "_selected_action": [notice.pk]} | more
    return client.post(address("notice", "changelist"), form, follow=True)


@pytest.mark.parametrize("who", ["supervisor", "policy", "superuser"])
def test_a_dead_notice_is_tried_again(client, office, dead, who):
    sign_in(client, who, office)

    run(client, "retry", dead)

    dead.refresh_from_db()
    assert (dead.state, dead.attempts) == ("waiting", 0)
    assert Event.objects.filter(action="notice.waiting").count() == 1


def test_a_dead_notice_is_dropped_with_words_only(client, office, dead):
    sign_in(client, "supervisor", office)

    run(client, "drop", dead)
    dead.refresh_from_db()
    assert dead.state == "dead"
    run(client, "drop", dead, why="邮箱已注销")

    dead.refresh_from_db()
    assert dead.state == "discarded"
    assert Event.objects.get(action="notice.discarded").note == "邮箱已注销"


def test_an_auditor_only_looks_at_notices(client, office, dead):
    sign_in(client, "auditor", office)

    run(client, "retry", dead)

    dead.refresh_from_db()
    assert dead.state == "dead"


def test_what_is_not_dead_is_left_alone(client, office, dead):
    Notice.objects.filter(pk=dead.pk).update(state=Notice.State.SENT)
    sign_in(client, "supervisor", office)

    run(client, "retry", dead)

    dead.refresh_from_db()
    assert dead.state == "sent"


# --- the ledger's page ------------------------------------------------------------------------
def test_the_ledger_is_read_by_key_and_by_object(
    client, office, exporter, django_assert_max_num_queries
):
    sign_in(client, "auditor", office)
    for query in ({}, {"subject": "vehicle"}, {"reference": exporter.uscc}, {"subject": "x"}):
        with django_assert_max_num_queries(6):
            assert client.get("/workbench/ledger/", query).status_code == 200
