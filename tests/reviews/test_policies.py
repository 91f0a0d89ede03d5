"""Every action, every kind of person, every state: what is offered is what the services do."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import override_settings

from exports.errors import (
    ClaimedByAnother,
    DomainError,
    NotAllowed,
    NothingAsked,
    RoleMissing,
)
from exports.models import Office, Role, User
from reviews import (
    assessment,
    claims,
    deadlines,
    decisions,
    intake,
    licensing,
    notes,
    settling,
    splitting,
)
from reviews.lane import signing
from reviews.models import (
    Case,
    LanePolicy,
    LaneSheet,
    LaneTile,
    Licence,
    Opinion,
    OpinionCode,
    Reason,
)
from reviews.opinions import answering, asking
from reviews.policies import CHECKS, available_actions, check_can_claim, judged
from reviews.states import Status
from tests.factories import (
    NOON,
    answer_all,
    ask_for,
    checked,
    clerk_of,
    make_clean_case,
    make_exporter,
    make_failing_case,
    make_manufacturer,
    make_office,
    make_person,
    officer_of,
    recommend_refusal,
)

pytestmark = pytest.mark.usefixtures("law")

WRITERS = {"owner", "clerk"}
SIGNERS = {"senior", "supervisor", "national senior"}
DECIDERS = {"holder", "colleague", "senior", "supervisor", "national senior", "superuser, reviewer"}
# What is open whatever the state and whoever holds the case.
ANYTIME = {"note": DECIDERS}
ALLOWED: Mapping[Status, Mapping[str, set[str]]] = {
    Status.CHECKING: {
        "claim": {"supervisor"},
        "release": {"holder"},
        "withdraw": WRITERS,
        "assign": {"supervisor"},
    },
    Status.IN_REVIEW: {
        "claim": {"supervisor"},
        "release": {"holder"},
        "issue": {"holder"},
        "sign_lane": {"holder"},
        "recommend": {"holder"},
        "request": {"holder"},
        "recheck": {"holder"},
        "registry": {"holder"},
        "ask_opinion": {"holder"},
        "withdraw": WRITERS,
        "escalate": {"holder"},
        "put_off": {"holder"},
        "assign": {"supervisor"},
    },
    Status.RETURNED: {
        "claim": {"supervisor"},
        "release": {"holder"},
        "answer": WRITERS,
        "withdraw": WRITERS,
        "assign": {"supervisor"},
    },
    Status.HELD: {"sign": SIGNERS, "send_back": SIGNERS, "take_back": {"holder"}},
    Status.SETTLING: {"undo": {"holder"}},
    Status.ISSUED: {"revoke": SIGNERS},
    Status.REFUSED: {},
    Status.WITHDRAWN: {},
    Status.LAPSED: {},
}


@pytest.fixture
def people() -> dict[str, User]:
    """One person of every kind that could stand before a case of the first exporter."""
    office, exporter = make_office(), make_exporter()
    elsewhere = make_office("xinjiang", name_zh="新疆维吾尔自治区商务厅")
    national = make_office("mofcom", name_zh="商务部", level=Office.Level.NATIONAL)
    people = {role: make_person(role, exporter) for role in ("owner", "clerk", "viewer")}
    people |= {role: make_person(role, office) for role in ("senior", "supervisor")}
    people |= {role: make_person(role, office) for role in ("policy", "auditor")}
    return people | {
        "holder": make_person(Role.REVIEWER, office),
        "colleague": make_person(Role.REVIEWER, office),
        "stranger": clerk_of(make_exporter()),
        "officer": make_person(Role.OFFICER, make_manufacturer()),
        "police": officer_of("mps"),
        "customs": officer_of("gacc"),
        "other office": make_person(Role.SUPERVISOR, elsewhere),
        "national senior": make_person(Role.SENIOR, national),
        "superuser": User.objects.create_superuser("root@example.test", "x", name="Root"),
        "superuser, reviewer": make_person(Role.REVIEWER, office, is_superuser=True),
        "left": make_person(Role.SUPERVISOR, office, is_active=False),
    }


def lead_to(status: Status, people: Mapping[str, User]) -> Case:
    """Return a case in *status* with a long past: sent back once, asked once, answered once."""
    clerk, holder, senior = people["clerk"], people["holder"], people["senior"]
    assert clerk.exporter
    case = claims.claim(make_clean_case(clerk.exporter, by=clerk), by=holder, at=NOON)
    decisions.send_back(recommend_refusal(case, by=holder), by=senior, at=NOON, note="不清楚")
    case = Case.objects.get(pk=case.pk)
    case = answer_all(ask_for(case, by=holder), by=clerk)
    last_steps: Mapping[Status, Callable[[Case], object]] = {
        Status.IN_REVIEW: lambda case: case,
        Status.RETURNED: lambda case: ask_for(case, by=holder),
        Status.LAPSED: lambda case: lapse(case, by=holder),
        Status.WITHDRAWN: lambda case: intake.withdraw(case, by=clerk, at=NOON),
        Status.ISSUED: lambda case: decisions.issue(case, by=holder, at=NOON),
        Status.SETTLING: lambda case: issue_with_a_minute_to_undo(case, by=holder),
        Status.HELD: lambda case: recommend_refusal(case, by=holder),
        Status.REFUSED: lambda case: decisions.sign(
            recommend_refusal(case, by=holder), by=senior, at=NOON
        ),
    }
    if status in last_steps:
        last_steps[status](checked(case))
    return Case.objects.get(pk=case.pk)


def issue_with_a_minute_to_undo(case: Case, *, by: User) -> None:
    """Issue, and let the minute begin in which it can be taken back."""
    with override_settings(UNDO_SECONDS=60):
        decisions.issue(case, by=by, at=NOON)


def lapse(case: Case, *, by: User) -> None:
    """Ask what nobody will answer."""
    deadlines.lapse_one(ask_for(case, by=by), at=NOON)


def sign_on_sheet(case: Case, *, by: User) -> None:
    """Sign *case* as a tile of a sheet on which it was looked at for long."""
    sheet = LaneSheet.objects.create(by=by, office=case.office, opened_at=NOON, lease_until=NOON)
    tile = LaneTile.objects.create(
        sheet=sheet,
        case=case,
        run=decisions.latest_run(case),
        position=1,
        case_version=case.version,
    )
    signing.sign(tile, rules=LanePolicy(), dwell_ms=60_000, by=by, at=NOON)


def opinion_on(case: Case) -> Opinion:
    """Return what another ministry is asked about *case*."""
    opinion = case.opinions.last()
    if opinion is None:
        raise NothingAsked(subject=case)
    return opinion


def serve(action: str, case: Case, user: User) -> None:
    """Call the service behind *action* with everything it could ask for."""
    services: Mapping[str, Callable[[], object]] = {
        "claim": lambda: claims.claim(case, by=user, at=NOON),
        "release": lambda: claims.release(case, by=user, at=NOON),
        "issue": lambda: decisions.issue(case, by=user, at=NOON),
        "sign_lane": lambda: sign_on_sheet(case, by=user),
        "recommend": lambda: decisions.recommend(
            case, "refuse", reasons=[Reason.objects.get(pk="RF01")], by=user, at=NOON
        ),
        "request": lambda: ask_for(case, by=user),
        "recheck": lambda: assessment.recheck(case, by=user, at=NOON),
        "registry": lambda: assessment.hear_registry(
            case, case.first_vin, source="电话核实", by=user, at=NOON
        ),
        "retry": lambda: assessment.retry(case, by=user, at=NOON),
        "sign": lambda: decisions.sign(case.decisions.all()[0], by=user, at=NOON),
        "send_back": lambda: decisions.send_back(
            case.decisions.all()[0], by=user, at=NOON, note="再看"
        ),
        "take_back": lambda: decisions.take_back(case, by=user, at=NOON),
        "undo": lambda: settling.undo(case, by=user, at=NOON),
        "escalate": lambda: claims.escalate(case, by=user, at=NOON, note="金额异常"),
        "return_to_pool": lambda: claims.return_to_pool(case, by=user, at=NOON),
        "put_off": lambda: claims.put_off(
            case, until=NOON + timedelta(days=1), by=user, at=NOON, note="等电话"
        ),
        "wake": lambda: claims.wake(case, by=user, at=NOON),
        "take_out": lambda: splitting.take_out(
            case,
            case.application.lines.all()[0],
            reason=Reason.objects.get(pk="RC04"),
            by=user,
            at=NOON,
        ),
        "assign": lambda: claims.assign(case, to=case.assignee or user, by=user, at=NOON),
        "revoke": lambda: licensing.revoke(
            Licence.objects.get(case=case), by=user, at=NOON, note="确认书被撤销"
        ),
        "ask_opinion": lambda: asking.ask(
            case, "registration", vin=case.first_vin, by=user, at=NOON
        ),
        "withdraw_opinion": lambda: asking.withdraw(opinion_on(case), by=user, at=NOON),
        "answer_opinion": lambda: answering.answer(
            opinion_on(case), OpinionCode.objects.get(pk="OR01"), by=user, at=NOON
        ),
        "note": lambda: notes.write(case, by=user, at=NOON, note="电话已核"),
        "answer": lambda: answer_all(case.requests.all()[0], by=user),
        "withdraw": lambda: intake.withdraw(case, by=user, at=NOON),
    }
    assert set(services) == set(CHECKS)
    services[action]()


def serves(action: str, case: Case, user: User) -> bool:
    """Tell whether the service does it; what it did is undone."""
    done = False
    with suppress(DomainError, Licence.DoesNotExist), transaction.atomic():
        serve(action, Case.objects.get(pk=case.pk), user)
        done = True
        transaction.set_rollback(True)
    return done


@pytest.mark.parametrize("status", Status)
def test_what_is_offered_is_what_the_services_do(status: Status, people: dict[str, User]):
    case = lead_to(status, people)
    assert case.state is status

    for action in CHECKS:
        offered = {who for who, user in people.items() if judged(action, case, user).allowed}
        done = {who for who, user in people.items() if serves(action, case, user)}

        allowed = {**ALLOWED[status], **ANYTIME}.get(action, set())
        assert (action, offered) == (action, allowed)
        assert (action, done) == (action, offered)


@pytest.mark.parametrize("onward", ["", "recommended", "sent to the exporter"])
def test_an_open_question_is_its_ministrys_to_answer_and_the_holders_to_take_back(
    onward: str, people: dict[str, User]
):
    holder = people["holder"]
    case = lead_to(Status.IN_REVIEW, people)
    asking.ask(case, "registration", vin=case.first_vin, by=holder, at=NOON)
    case = Case.objects.get(pk=case.pk)
    if onward:
        (recommend_refusal if onward == "recommended" else ask_for)(case, by=holder)
    case = Case.objects.get(pk=case.pk)

    for action, who in {
        "withdraw_opinion": {"holder", "supervisor"},
        "answer_opinion": {"police"},
    }.items():
        assert {one for one, user in people.items() if judged(action, case, user).allowed} == who
        assert {one for one, user in people.items() if serves(action, case, user)} == who


def test_whatever_is_not_offered_says_why(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)

    actions = [action for user in people.values() for action in available_actions(case, user)]

    assert len(actions) == len(people) * len(CHECKS)
    assert all(bool(action.why_not) != action.allowed for action in actions)


def test_an_unclaimed_case_is_anybodys_of_its_office_and_nobody_elses(people: dict[str, User]):
    case = make_clean_case(people["clerk"].exporter, by=people["clerk"])

    claimers = {who for who, user in people.items() if judged("claim", case, user).allowed}

    assert claimers == {
        "holder",
        "colleague",
        "senior",
        "supervisor",
        "national senior",
        "superuser, reviewer",
    }


def test_a_district_is_its_provinces_too_but_not_the_other_way_round():
    province = make_office()
    district = make_office("binhai", name_zh="滨海新区商务局", level="city", parent=province)
    exporter, above = make_exporter(office=district), make_exporter(office=province)
    case = make_clean_case(exporter, by=clerk_of(exporter))
    upper = make_clean_case(above, by=clerk_of(above))

    check_can_claim(make_person(Role.REVIEWER, province), case)
    with pytest.raises(NotAllowed):
        check_can_claim(make_person(Role.REVIEWER, district), upper)


def test_a_held_case_is_refused_by_name(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)

    with pytest.raises(ClaimedByAnother, match=people["holder"].name):
        check_can_claim(people["colleague"], case)


def test_a_free_case_is_decided_by_whoever_may_claim_it_and_is_theirs_by_that(
    people: dict[str, User],
):
    case = make_clean_case(people["clerk"].exporter, by=people["clerk"])

    for action in ("issue", "recommend", "request", "escalate", "put_off", "recheck"):
        offered = {who for who, user in people.items() if judged(action, case, user).allowed}

        assert offered == {who for who, user in people.items() if serves(action, case, user)}
        assert offered == {
            "holder",
            "colleague",
            "senior",
            "supervisor",
            "national senior",
            "superuser, reviewer",
        }


def test_an_escalated_case_waits_for_a_senior(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)
    case = claims.escalate(case, by=people["holder"], at=NOON, note="金额异常")

    for action, who_may in {
        "claim": SIGNERS,
        "issue": SIGNERS,
        "request": SIGNERS,
        "return_to_pool": SIGNERS,
        "escalate": set[str](),
    }.items():
        offered = {who for who, user in people.items() if judged(action, case, user).allowed}

        assert (action, offered) == (action, who_may)
        assert offered == {who for who, user in people.items() if serves(action, case, user)}


def test_three_claims_are_as_many_as_one_holds(people: dict[str, User]):
    clerk, holder = people["clerk"], people["holder"]
    cases = [make_clean_case(clerk.exporter, by=clerk) for _each in range(4)]
    for case in cases[:3]:
        claims.claim(case, by=holder, at=NOON)

    assert not judged("claim", cases[3], holder).allowed
    assert not serves("claim", cases[3], holder)
    assert judged("claim", cases[3], people["colleague"]).allowed


def test_what_was_put_off_is_woken_by_its_holder(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)
    until = NOON + timedelta(days=2)
    case = claims.put_off(case, until=until, by=people["holder"], at=NOON, note="等电话")

    offered = {who for who, user in people.items() if judged("wake", case, user).allowed}

    assert (
        offered == {"holder"} == {who for who, user in people.items() if serves("wake", case, user)}
    )


def test_a_superuser_without_a_role_decides_nothing(people: dict[str, User]):
    case = lead_to(Status.IN_REVIEW, people)

    with pytest.raises(RoleMissing):
        check_can_claim(people["superuser"], case)


def test_over_a_failed_check_one_persons_issue_is_not_offered(people: dict[str, User]):
    clerk, holder = people["clerk"], people["holder"]
    case = claims.claim(make_failing_case(clerk.exporter, by=clerk), by=holder, at=NOON)

    assert not judged("issue", case, holder).allowed
    assert not serves("issue", case, holder)
    assert judged("recommend", case, holder).allowed


def test_checks_that_gave_up_are_retried_by_whoever_decides_there(
    people: dict[str, User], settings: Any
):
    case = lead_to(Status.CHECKING, people)
    Case.objects.filter(pk=case.pk).update(attempts=settings.MAX_ATTEMPTS)
    case = Case.objects.get(pk=case.pk)

    offered = {who for who, user in people.items() if judged("retry", case, user).allowed}

    assert offered == {who for who, user in people.items() if serves("retry", case, user)}
    assert offered == {
        "holder",
        "colleague",
        "senior",
        "supervisor",
        "national senior",
        "superuser, reviewer",
    }


def test_a_licence_that_is_over_is_not_revoked_again(people: dict[str, User]):
    case = lead_to(Status.ISSUED, people)
    licensing.revoke(case.licence, by=people["senior"], at=NOON, note="确认书被撤销")
    case = Case.objects.get(pk=case.pk)

    assert not judged("revoke", case, people["supervisor"]).allowed
    assert not serves("revoke", case, people["supervisor"])
