"""One registry, several faces: page and API refuse what it refuses, for every person and state.

That the services themselves do is in test_policies; that bulk jobs do, in test_bulk.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports.models import User
from reviews.acts import ACTS
from reviews.models import Case
from reviews.policies import judged
from reviews.states import Status
from tests.reviews.test_policies import lead_to, people

pytestmark = pytest.mark.usefixtures("law")
__all__ = ["people"]
OFFICE = {
    # The page draws the whole case for each refusal, so fewer knock there.
    "page": ("holder", "colleague", "senior", "auditor"),
    "api": ("holder", "colleague", "senior", "supervisor", "auditor", "policy", "national senior"),
}
DENIED = {403, 404, 409, 422}


def values(case: Case, people: Mapping[str, User]) -> dict[str, Any]:
    """Return values good enough for every form of the desk."""
    return {
        "version": case.version,
        "note": "见附件",
        "reasons": ["RF01"],
        "until": (timezone.localdate() + timedelta(days=1)).isoformat(),
        "to": people["holder"].pk,
        "reason": "RC09",
        "document_kind": "contract",
        "question": "请补交合同",
        "vin": case.first_vin,
        "source": "电话核实",
    }


def by_page(client: Client, case: Case, action: str, given: dict[str, Any]) -> int:
    return client.post(reverse("workbench:act", args=[case.reference, action]), given).status_code


def by_api(client: Client, case: Case, action: str, given: dict[str, Any]) -> int:
    address = reverse("api:case_action", args=[case.reference, action])
    return client.post(address, given, content_type="application/json").status_code


FACES: Mapping[str, Callable[[Client, Case, str, dict[str, Any]], int]] = {
    "page": by_page,
    "api": by_api,
}


def refused(face: str, client: Client, case: Case, action: str, given: dict[str, Any]) -> bool:
    """Tell whether the act is refused at that face; what it did is undone."""
    with transaction.atomic():
        before = Case.objects.filter(pk=case.pk).values().get()
        status = FACES[face](client, case, action, given)
        after = Case.objects.filter(pk=case.pk).values().get()
        transaction.set_rollback(True)
    if status in DENIED:
        assert before == after
    return status in DENIED


# The page draws the whole case for each refusal; on one database is enough.
@pytest.mark.parametrize("face", [pytest.param("page", marks=pytest.mark.once), "api"])
@pytest.mark.parametrize("status", Status)
def test_every_face_refuses_what_the_registry_refuses(
    status: Status, face: str, people: dict[str, User], client: Client
):
    case = lead_to(status, people)
    given = values(case, people)

    for who in OFFICE[face]:
        client.force_login(people[who])
        for action, act in ACTS.items():
            allowed = judged(act.policy, case, people[who]).allowed
            if not allowed:
                assert refused(face, client, case, action, given), (who, action)


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize(
    "who", ["clerk", "stranger", "officer", "other office", "superuser", "left"]
)
def test_no_face_opens_to_whom_the_case_does_not_concern(
    who: str, face: str, people: dict[str, User], client: Client
):
    case = lead_to(Status.IN_REVIEW, people)
    client.force_login(people[who])
    given = values(case, people)

    for action in ACTS:
        before = Case.objects.filter(pk=case.pk).values().get()
        status = FACES[face](client, case, action, given)

        assert status in {302, 403, 404}
        assert Case.objects.filter(pk=case.pk).values().get() == before


def test_the_api_does_what_the_page_does(people: dict[str, User], client: Client):
    case = lead_to(Status.IN_REVIEW, people)
    client.force_login(people["holder"])
    listed = client.get(reverse("api:case_actions", args=[case.reference])).json()

    open_to = {each["name"] for each in listed["actions"] if each["allowed"]}
    assert "issue" in open_to
    assert "sign" not in open_to
    assert all(each["why_not"] for each in listed["actions"] if not each["allowed"])

    address = reverse("api:case_action", args=[case.reference, "issue"])
    done = client.post(
        address, {"version": listed["version"]}, content_type="application/json"
    ).json()

    assert done["status"] == Status.ISSUED
    assert Case.objects.get(pk=case.pk).state is Status.ISSUED


def test_the_api_says_what_is_missing_and_what_has_moved(people: dict[str, User], client: Client):
    case = lead_to(Status.IN_REVIEW, people)
    client.force_login(people["holder"])
    address = reverse("api:case_action", args=[case.reference, "escalate"])

    wordless = client.post(address, {"version": case.version}, content_type="application/json")
    stale = client.post(
        address, {"version": case.version - 1, "note": "x"}, content_type="application/json"
    )

    assert wordless.status_code == 400
    assert {error["pointer"] for error in wordless.json()["errors"]} == {"/note"}
    assert stale.status_code == 409
    assert stale.json()["code"] == "moved-on"


def test_the_api_takes_no_foreign_page_for_a_person(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)
    client = Client(enforce_csrf_checks=True)
    client.force_login(people["holder"])
    address = reverse("api:case_action", args=[case.reference, "issue"])

    answer = client.post(address, {"version": case.version}, content_type="application/json")

    assert answer.status_code == 403
    assert Case.objects.get(pk=case.pk).state is Status.IN_REVIEW
