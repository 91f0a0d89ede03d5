"""Every stock page of the workbench at once: history, capped counts, and no endless lists."""

import re

import pytest
from django.contrib.admin import ModelAdmin, ShowFacets, site
from django.urls import reverse

from exports.desk_admin import MOST_COUNTED, CappedPaginator, DeskAdmin
from exports.models import (
    Event,
    Exporter,
    Manufacturer,
    ManufacturerName,
    Office,
    Policy,
    Role,
    User,
)
from reviews import decisions
from reviews.models import Reason, Shortcut, Threshold
from tests.factories import (
    NOON,
    make_clean_case,
    make_confirmation,
    make_person,
    make_uscc,
    make_vehicle,
)

pytestmark = pytest.mark.usefixtures("law")

PAGES = list(site._registry.values())
MOST_OPTIONS = 200
REST = ("use", "text_zh", "clause_zh", "clause_en", "cure_zh", "cure_en")
SELECT = re.compile(r"<select.*?</select>", re.DOTALL)


def named(page: ModelAdmin) -> str:
    return page.opts.label_lower


def address(page: ModelAdmin, name: str, *args: object) -> str:
    return reverse(f"workbench:{page.opts.app_label}_{page.opts.model_name}_{name}", args=args)


@pytest.fixture
def crowd(office: Office) -> None:
    """Three hundred of everything a page could offer to choose from."""
    numbers = range(300)
    Office.objects.bulk_create(
        Office(code=f"o{n}", name_zh=f"某局{n}", level=office.level) for n in numbers
    )
    Exporter.objects.bulk_create(
        Exporter(uscc=make_uscc(), name_zh=f"某公司{n}", name_en=f"Company {n}", office=office)
        for n in numbers
    )
    makers = Manufacturer.objects.bulk_create(Manufacturer(kind="maker") for _ in numbers)
    ManufacturerName.objects.bulk_create(
        ManufacturerName(manufacturer=maker, name=f"某厂{n}", listed_from=NOON.date())
        for n, maker in enumerate(makers)
    )
    User.objects.bulk_create(User(email=f"p{n}@example.test", name=f"Person {n}") for n in numbers)
    Reason.objects.bulk_create(
        Reason(code=f"XX{n:03}", use="correction", text_zh="某", text_en="Some") for n in numbers
    )


@pytest.fixture
def busy(crowd, exporter, clerk, reviewer) -> None:
    """A row on the pages of what only happens."""
    make_confirmation([make_vehicle(exporter, by=clerk)], by=clerk)
    case = make_clean_case(exporter, by=clerk)
    decisions.issue(case, by=reviewer, at=NOON)


def rows_of(page: ModelAdmin) -> list[str]:
    """Return where the page is to be opened: list, adding, and one row with its history."""
    first = page.model._default_manager.first()
    row = [address(page, name, first.pk) for name in ("change", "history")] if first else []
    return [address(page, "changelist"), address(page, "add"), *row]


@pytest.mark.usefixtures("busy")
@pytest.mark.parametrize("role", [Role.POLICY, "superuser"])
def test_no_page_lists_more_than_two_hundred_choices(client, office, role):
    superuser = role == "superuser"
    role = Role.SUPERVISOR if superuser else role
    client.force_login(make_person(role, office, is_superuser=superuser))
    opened = 0

    for page in PAGES:
        for url in rows_of(page):
            response = client.get(url)
            if response.status_code == 403:
                continue
            assert response.status_code == 200, url
            opened += 1
            for select in SELECT.findall(response.content.decode()):
                assert select.count("<option") <= MOST_OPTIONS, (url, select[:120])

    assert opened > 2 * len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_a_list_counts_no_further_than_people_look(page):
    assert isinstance(page, DeskAdmin)
    assert page.show_facets is ShowFacets.NEVER
    assert page.date_hierarchy is None
    assert page.show_full_result_count is False
    assert page.paginator is CappedPaginator
    assert page.list_per_page <= 100


@pytest.mark.django_db
def test_counting_stops_at_the_cap(django_assert_num_queries):
    with django_assert_num_queries(1) as asked:
        assert CappedPaginator(Office.objects.order_by("code"), 50).count == 0

    assert f"LIMIT {MOST_COUNTED}" in asked.captured_queries[0]["sql"]


def history(client, page: str, row: object) -> str:
    return client.get(reverse(f"workbench:{page}_history", args=[row])).content.decode()


def test_a_reworded_reason_shows_who_why_and_what_was_there_before(client, office):
    policy = make_person(Role.POLICY, office, name="Zhao", language="en")
    client.force_login(policy)
    reason = Reason.objects.get(pk="RC04")
    url = reverse("workbench:reviews_reason_change", args=["RC04"])
    form = {name: getattr(reason, name) for name in REST}
    form |= {"checks": "reg-01 VIN-01", "active": "on", "text_en": "Anew", "why": "Plainer"}

    assert client.post(url, form).status_code == 302

    stored = Reason.objects.get(pk="RC04")
    assert (stored.version, stored.checks) == (2, ["REG-01", "VIN-01"])
    text = history(client, "reviews_reason", "RC04")
    for word in ("Zhao", "Plainer", reason.text_en, "Anew"):
        assert word in text
    assert Event.objects.filter(subject="reason").count() == 1


def test_a_check_that_does_not_exist_is_no_reasons(client, office):
    client.force_login(make_person(Role.POLICY, office, language="en"))
    reason = Reason.objects.get(pk="RC04")
    form = {name: getattr(reason, name) for name in (*REST, "text_en")}

    page = client.post(
        reverse("workbench:reviews_reason_change", args=["RC04"]),
        form | {"checks": "CNF-99", "why": "Plainer"},
    )

    assert "There is no check CNF-99." in page.content.decode()


def test_a_new_reason_begins_with_its_first_wording(client, office):
    client.force_login(make_person(Role.POLICY, office))
    form = {"code": "RC77", "use": "correction", "text_zh": "某", "text_en": "Some", "active": "on"}

    client.post(reverse("workbench:reviews_reason_add"), form | {"why": "New rule"})

    reason = Reason.objects.get(pk="RC77")
    assert [version.words for version in reason.versions.all()] == [reason.words]
    assert Event.objects.get(action="reason.added").note == "New rule"


@pytest.mark.parametrize(
    ("model", "row", "typed", "said"),
    [
        (Threshold, "claims.most", {"value": "99"}, "choose a number from 1 to 50"),
        (Shortcut, "approve", {"pressed": "i"}, "would stand for both"),
    ],
)
def test_what_the_service_refuses_comes_back_as_it_was_typed(
    client, office, model, row, typed, said
):
    client.force_login(make_person(Role.POLICY, office, language="en"))
    before = model.objects.values().get(pk=row)

    url = reverse(f"workbench:reviews_{model._meta.model_name}_change", args=[row])
    page = client.post(url, typed | {"why": "A very good reason"})

    text = page.content.decode()
    assert page.status_code == 200
    assert said in text
    assert all(f'value="{value}"' in text for value in (*typed.values(), "A very good reason"))
    assert model.objects.values().get(pk=row) == before
    assert not Event.objects.exists()


def test_a_threshold_set_twice_shows_both_changes(client, office):
    client.force_login(make_person(Role.POLICY, office, language="en"))
    url = reverse("workbench:reviews_threshold_change", args=["claims.most"])

    for value in (4, 6):
        assert client.post(url, {"value": value, "why": f"To {value}"}).status_code == 302

    text = history(client, "reviews_threshold", "claims.most")
    assert text.index("4 → 6") < text.index("3 → 4")


def test_the_history_of_a_case_a_letter_and_a_policy_is_the_ledgers(
    client, exporter, clerk, office
):
    case = make_clean_case(exporter, by=clerk)
    supervisor = make_person(Role.SUPERVISOR, office, language="en")
    client.force_login(supervisor)

    assert "case.checked" in history(client, "reviews_case", case.pk)
    policy = Policy.objects.first()
    assert history(client, "exports_policy", policy.pk)


def test_a_history_of_another_province_is_not_there(client, exporter, clerk):
    case = make_clean_case(exporter, by=clerk)
    far = Office.objects.create(code="far", name_zh="远", level=Office.Level.PROVINCE)
    client.force_login(make_person(Role.SUPERVISOR, far))

    url = reverse("workbench:reviews_case_history", args=[case.pk])

    assert client.get(url).status_code == 404
