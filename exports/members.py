"""The people of a company: invited, given a role, let go. Never across companies."""

from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from exports import doorstep, ledger
from exports.errors import AddressTaken, AlreadyHere, LastOwner, LinkSpent, Moved, NotAllowed
from exports.kicks import kick_after_commit
from exports.models import (
    EXPORTER_ROLES,
    MANUFACTURER_ROLES,
    Exporter,
    Invitation,
    Manufacturer,
    Membership,
    Role,
    User,
)
from exports.policies import check_may_manage
from exports.tasks import mail_stranger

DAYS: Final = 7
Company = Exporter | Manufacturer


def roles_of(company: Company) -> tuple[Role, ...]:
    """Return the roles a person of *company* can have."""
    return EXPORTER_ROLES if isinstance(company, Exporter) else MANUFACTURER_ROLES


@transaction.atomic
def invite(company: Company, *, email: str, role: str, by: User, at: datetime) -> Invitation:
    """Invite *email* to act for *company* in *role*; the mailed link holds for seven days.

    Whether the address acts for somebody else here is not told.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        AlreadyHere: the address acts for the company, or is invited.
    """
    check_may_manage(by, company)
    if role not in roles_of(company):
        raise NotAllowed()
    address = email.strip().lower()
    side = side_of(company)
    if Membership.objects.filter(user__email=address, **{side: company}).exists():
        raise AlreadyHere(email=address)
    try:
        with transaction.atomic():
            invitation = Invitation.objects.create(
                email=address,
                role=role,
                invited_by=by,
                invited_at=at,
                language=by.language,
                **{side: company},
                **doorstep.link_facts(at, days=DAYS),
            )
    except IntegrityError as invited:
        raise AlreadyHere(email=address) from invited
    note("invitation.sent", invitation, by=by, at=at)
    kick_after_commit(mail_stranger, kind="invitation", pk=invitation.pk)
    return invitation


@transaction.atomic
def resend(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Mail a new link; the old one stops working.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        Moved: it is not open any more.
    """
    change(invitation, by=by, **doorstep.link_facts(at, days=DAYS))
    note("invitation.resent", invitation, by=by, at=at)
    kick_after_commit(mail_stranger, kind="invitation", pk=invitation.pk)


@transaction.atomic
def withdraw(invitation: Invitation, *, by: User, at: datetime) -> None:
    """Take an invitation back; its link stops working.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        Moved: it is not open any more.
    """
    change(invitation, by=by, state=Invitation.State.WITHDRAWN, mail_due_at=None)
    note("invitation.withdrawn", invitation, by=by, at=at)


def change(invitation: Invitation, *, by: User, **columns: object) -> None:
    """Write *columns* of an open invitation by compare-and-set."""
    check_may_manage(by, invitation.organisation)
    still_open = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.OPEN)
    if not still_open.update(**columns):
        raise Moved(subject=invitation)


def find(token: str, *, at: datetime) -> Invitation:
    """Return the open invitation a mailed link belongs to.

    Raises:
        LinkSpent: it was used or withdrawn, is too old, or there is none such.
    """
    rows = Invitation.objects.filter(
        token_hash=doorstep.digest_of(token), state=Invitation.State.OPEN, expires_at__gt=at
    )
    row = rows.select_related("exporter", "manufacturer").first()
    if row is None:
        raise LinkSpent()
    return row


@transaction.atomic
def accept(token: str, *, name: str, password_hash: str, language: str, at: datetime) -> User:
    """Let the invited person in, once. The mailed link has proved the address.

    Raises:
        LinkSpent: see :func:`find`.
        AddressTaken: the address acts for another organisation.
    """
    invitation = find(token, at=at)
    still_open = Invitation.objects.filter(pk=invitation.pk, state=Invitation.State.OPEN)
    if not still_open.update(state=Invitation.State.ACCEPTED, mail_due_at=None):
        raise LinkSpent()
    if User.objects.filter(email=invitation.email).exists():
        raise AddressTaken()
    person = User.objects.create(
        email=invitation.email, name=name, language=language, password=password_hash
    )
    company = invitation.organisation
    Membership.objects.create(user=person, role=invitation.role, **{side_of(company): company})
    after = {"name": name, "role": invitation.role, side_of(company): str(company)}
    ledger.record("person.joined", ("person", person.email), by=person, at=at, after=after)
    return person


@transaction.atomic
def change_role(member: Membership, *, role: str, by: User, at: datetime) -> None:
    """Give a person of the company another role.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        LastOwner: nobody else would answer for the company.
    """
    company = company_of(member)
    check_may_manage(by, company)
    if role not in roles_of(company):
        raise NotAllowed()
    if role not in (Role.OWNER, Role.OFFICER):
        check_another_stays(member)
    before = member.role
    if not Membership.objects.filter(pk=member.pk, role=before).update(role=role):
        raise Moved(subject=member.user)
    about, facts = ("person", member.user.email), {"role": role}
    ledger.record("person.role", about, by=by, at=at, before={"role": before}, after=facts)


@transaction.atomic
def let_go(member: Membership, *, by: User, at: datetime) -> None:
    """Close a person's account: every session of theirs ends with their next request.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        LastOwner: nobody else would answer for the company.
        Moved: it is closed already.
    """
    check_may_manage(by, company_of(member))
    check_another_stays(member)
    open_or_close(member, active=False, by=by, at=at)


@transaction.atomic
def take_back(member: Membership, *, by: User, at: datetime) -> None:
    """Open a closed account again.

    Raises:
        NotAllowed, RoleMissing: see :func:`exports.policies.check_may_manage`.
        Moved: it is open already.
    """
    check_may_manage(by, company_of(member))
    open_or_close(member, active=True, by=by, at=at)


def open_or_close(member: Membership, *, active: bool, by: User, at: datetime) -> None:
    """Set whether a person may sign in, by compare-and-set."""
    changed = User.objects.filter(pk=member.user_id, is_active=not active).update(is_active=active)
    if not changed:
        raise Moved(subject=member.user)
    act = "person.taken_back" if active else "person.let_go"
    ledger.record(act, ("person", member.user.email), by=by, at=at)


def check_another_stays(member: Membership) -> None:
    """Refuse if *member* is the last who answers for the company.

    Takes the rows' locks, so that two owners cannot leave at the same moment.

    Raises:
        LastOwner: no other owner of the exporter, no other officer of the manufacturer.
    """
    answers = Role.OWNER if member.exporter_id else Role.OFFICER
    here = Membership.objects.select_for_update(of=("self",)).at(company_of(member))
    holders = list(here.filter(role=answers).values_list("pk", flat=True))
    if holders == [member.pk]:
        raise LastOwner(person=member.user.name)


def company_of(member: Membership) -> Company:
    """Return the company a person acts for.

    Raises:
        NotAllowed: they act for an office or a ministry, whose people nobody manages here.
    """
    company = member.exporter or member.manufacturer
    if company is None:
        raise NotAllowed()
    return company


def side_of(company: Company) -> str:
    """Return the column that names *company*."""
    return str(type(company)._meta.model_name)


def note(act: str, invitation: Invitation, *, by: User, at: datetime) -> None:
    """Record what happened to an invitation."""
    after = {"role": invitation.role, "to": str(invitation.organisation)}
    ledger.record(act, ("person", invitation.email), by=by, at=at, after=after)
