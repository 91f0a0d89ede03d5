"""Policies: drafted by one person, enacted by another, then unchangeable."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from exports import ledger
from exports.errors import Moved, PolicyDayTaken, PolicyInForce, SamePerson
from exports.models import Policy, Role, User
from exports.policies import check_role


@transaction.atomic
def draft_policy(*, by: User, at: datetime, **parameters: Any) -> Policy:
    """Draft a version of the rule; it binds nobody yet.

    Raises:
        RoleMissing: *by* is no policy administrator.
    """
    check_role(by, Role.POLICY)
    policy = Policy.objects.create(drafted_by=by, **parameters)
    ledger.record("policy.drafted", policy, by=by, at=at, after=parameters)
    return policy


@transaction.atomic
def amend_policy(policy: Policy, *, by: User, at: datetime, **parameters: Any) -> Policy:
    """Change a draft version; whoever changes it last counts as its drafter.

    Raises:
        RoleMissing: *by* is no policy administrator.
        PolicyInForce: it is enacted.
    """
    check_role(by, Role.POLICY)
    if policy.enacted_at:
        raise PolicyInForce(policy=policy)
    for name, value in {**parameters, "drafted_by": by}.items():
        setattr(policy, name, value)
    policy.save()
    ledger.record("policy.amended", policy, by=by, at=at, after=parameters)
    return policy


@transaction.atomic
def enact(policy: Policy, *, by: User, at: datetime) -> Policy:
    """Put a drafted version in force from its date on.

    Raises:
        RoleMissing: *by* is neither policy administrator nor supervisor.
        SamePerson: *by* drafted it.
        PolicyDayTaken: another version takes effect on the same day.
        Moved: somebody enacted it meanwhile.
    """
    check_role(by, Role.POLICY, Role.SUPERVISOR)
    if policy.drafted_by_id == by.pk:
        raise SamePerson()
    drafted = Policy.objects.filter(pk=policy.pk, enacted_at__isnull=True)
    try:
        with transaction.atomic():
            enacted = drafted.update(enacted_at=at, enacted_by=by)
    except IntegrityError as taken:
        raise PolicyDayTaken(day=policy.effective_from) from taken
    if not enacted:
        raise Moved(subject=policy)
    ledger.record("policy.enacted", policy, by=by, at=at)
    policy.refresh_from_db()
    return policy
