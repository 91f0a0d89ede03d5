"""What the stock page of cases does to several: what the registry allows each person, no more."""

import pytest
from django.db import transaction
from django.urls import reverse

from exports.models import OFFICE_ROLES, Role, User
from reviews import claims, decisions
from reviews.models import Case, Decision
from reviews.policies import judged
from reviews.states import Status
from tests.factories import (
    NOON,
    clerk_of,
    make_clean_case,
    make_exporter,
    make_office,
    make_person,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")
LIST = "admin:reviews_case_changelist"
ACTIONS = {"claim_each": "claim", "release_each": "release", "sign_each": "sign"}


@pytest.fixture
def cases(exporter, clerk, reviewer) -> dict[str, Case]:
    """One free, one in Wang's hands, one waiting for a second signature, one refused."""
    free, mine, held, over = (make_clean_case(exporter, by=clerk) for _each in range(4))
    claims.claim(mine, by=reviewer, at=NOON)
    recommend_refusal(held, by=reviewer)
    signer = make_person(Role.SENIOR, exporter.office)
    decisions.sign(recommend_refusal(over, by=reviewer), by=signer, at=NOON)
    found = {"free": free, "mine": mine, "held": held, "over": over}
    return {name: Case.objects.get(pk=case.pk) for name, case in found.items()}


def post(client, action: str, *chosen: Case):
    given = {"action": action, "_selected_action": [case.pk for case in chosen]}
    return client.post(reverse(LIST), given, follow=True)


def state_of(case: Case) -> tuple[str, int | None, int]:
    case = Case.objects.get(pk=case.pk)
    return case.status, case.assignee_id, case.version


@pytest.mark.parametrize("action", ACTIONS)
def test_an_action_does_to_each_case_what_the_registry_offers(action, cases, client, reviewer):
    office = cases["free"].office
    people = {role: make_person(role, office) for role in OFFICE_ROLES}
    people |= {"holder": reviewer, "root": User.objects.create_superuser("r@example.test", "x")}
    people["elsewhere"] = make_person(Role.SUPERVISOR, make_office("xinjiang"))

    for who, user in people.items():
        offered = {
            name for name, case in cases.items() if judged(ACTIONS[action], case, user).allowed
        }
        with transaction.atomic():
            before = {name: state_of(case) for name, case in cases.items()}
            client.force_login(user)
            post(client, action, *cases.values())
            done = {name for name, case in cases.items() if state_of(case) != before[name]}
            transaction.set_rollback(True)

        assert (who, done) == (who, offered)


def test_one_refusal_does_not_hold_up_the_rest_and_is_said(cases, client, senior):
    client.force_login(senior)

    page = post(client, "sign_each", cases["free"], cases["held"])

    assert Case.objects.get(pk=cases["held"].pk).state is Status.REFUSED
    said = [str(message) for message in page.context["messages"]]
    assert any(cases["free"].reference in text for text in said)
    assert Decision.objects.get(case=cases["held"]).signed_by == senior


def test_another_offices_cases_are_out_of_reach(cases, client):
    far = make_exporter(office=make_office("xinjiang"))
    foreign = make_clean_case(far, by=clerk_of(far))
    client.force_login(make_person(Role.SUPERVISOR, cases["free"].office))

    post(client, "claim_each", foreign)

    assert Case.objects.get(pk=foreign.pk).assignee is None


def test_no_action_refuses_or_issues(cases, client, senior):
    client.force_login(senior)
    page = client.get(reverse(LIST)).content.decode()

    assert all(f'value="{action}"' in page for action in ACTIONS)
    assert not any(word in page for word in ('value="refuse', 'value="issue', "delete_selected"))
