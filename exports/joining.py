"""Companies come in: they ask, prove the owner's address, and their office decides."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from exports import doorstep, ledger, notices
from exports.errors import CompanyKnown, LinkSpent, Moved, ReasonNeeded
from exports.identifiers import canonical_uscc
from exports.kicks import kick_after_commit, kick_each_after_commit
from exports.models import CompanyRequest, Event, Exporter, Membership, Office, Role, User
from exports.policies import check_may_supervise
from exports.tasks import deliver_notice, mail_stranger

DAYS_TO_PROVE: Final = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a company says of itself when it asks to be registered.

    *password_hash* is what ``make_password`` gives, so that known and unknown companies take
    equally long.
    """

    uscc: str
    name_zh: str
    name_en: str
    office: Office
    filing_number: str
    filed_on: date
    owner_name: str
    email: str
    password_hash: str
    language: str


@transaction.atomic
def ask(wish: Wish, *, at: datetime) -> None:
    """Keep a company's *wish* and mail its owner a link that proves the address.

    The caller learns nothing: where the code or the address is known already, those who are
    known are told instead.
    """
    uscc, email = canonical_uscc(wish.uscc), wish.email.strip().lower()
    known = people_of(uscc) or list(User.objects.filter(email=email, is_active=True))
    if known or Exporter.objects.filter(uscc=uscc).exists():
        key = f"company-known:{uscc}:{at:%Y%m%d}"
        tell(known, "accounts/company_known", {"uscc": uscc}, reverse("account"), key, at=at)
        return
    row = CompanyRequest.objects.create(
        uscc=uscc,
        name_zh=wish.name_zh,
        name_en=wish.name_en,
        office=wish.office,
        filing_number=wish.filing_number,
        filed_on=wish.filed_on,
        owner_name=wish.owner_name,
        password=wish.password_hash,
        email=email,
        language=wish.language,
        asked_at=at,
        **doorstep.link_facts(at, days=DAYS_TO_PROVE),
    )
    after = {"name": wish.name_zh, "office": wish.office.code}
    ledger.record("company.asked", subject_of(row), by=None, at=at, after=after)
    kick_after_commit(mail_stranger, kind="company", pk=row.pk)


def find(token: str, *, at: datetime) -> CompanyRequest:
    """Return the request a mailed link belongs to.

    Raises:
        LinkSpent: no such link, or it is too old to prove an address still unproved.
    """
    row = CompanyRequest.objects.filter(token_hash=doorstep.digest_of(token)).first()
    unproved = CompanyRequest.State.UNPROVED
    if row is None or (row.state == unproved and row.expires_at <= at):
        raise LinkSpent()
    return row


@transaction.atomic
def prove(token: str, *, at: datetime) -> CompanyRequest:
    """Take the opened link as proof of the address and lay the request before the office.

    A second opening changes nothing.

    Raises:
        LinkSpent: see :func:`find`.
    """
    row = find(token, at=at)
    unproved = CompanyRequest.objects.filter(pk=row.pk, state=CompanyRequest.State.UNPROVED)
    if unproved.update(state=CompanyRequest.State.WAITING):
        ledger.record("company.proved", subject_of(row), by=None, at=at)
        path = reverse("workbench:company", args=[row.pk])
        facts = {"name": row.name_zh, "uscc": row.uscc}
        key = f"company-waits:{row.pk}"
        tell(supervisors_of(row.office), "exports/company_waits", facts, path, key, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def approve(row: CompanyRequest, *, by: User, at: datetime, note: str = "") -> Exporter:
    """Register the company with its owner, who may sign in from now on.

    Its filing lasts a year from the day it was filed (Announcement 6 of 2024).

    Raises:
        RoleMissing, NotAllowed: see :func:`exports.policies.check_may_supervise`.
        Moved: the request is not waiting any more.
        CompanyKnown: code or address came in another way meanwhile.
    """
    check_may_supervise(by, row.office)
    leave_waiting(row, CompanyRequest.State.APPROVED, by=by, at=at, reason=note)
    try:
        with transaction.atomic():
            exporter, owner = enter(row)
    except IntegrityError as taken:
        raise CompanyKnown(company=row.name_zh) from taken
    after = {"uscc": row.uscc, "filing_number": row.filing_number, "filed_on": row.filed_on}
    about = ("exporter", row.uscc)
    ledger.record("exporter.registered", about, by=by, at=at, after=after, note=note)
    person = ("person", owner.email)
    ledger.record("person.admitted", person, by=by, at=at, after={"role": Role.OWNER})
    facts = {"name": row.name_zh}
    key = f"company-approved:{row.pk}"
    tell([owner], "exports/company_approved", facts, reverse("portal:home"), key, at=at)
    return exporter


@transaction.atomic
def decline(row: CompanyRequest, *, by: User, at: datetime, note: str) -> None:
    """Turn the company away; *note* says why and is mailed to the owner.

    Raises:
        RoleMissing, NotAllowed: see :func:`exports.policies.check_may_supervise`.
        ReasonNeeded: without words why.
        Moved: the request is not waiting any more.
    """
    check_may_supervise(by, row.office)
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    leave_waiting(row, CompanyRequest.State.DECLINED, by=by, at=at, reason=note)
    CompanyRequest.objects.filter(pk=row.pk).update(mail_due_at=at, mail_attempts=0)
    ledger.record("company.declined", subject_of(row), by=by, at=at, note=note)
    kick_after_commit(mail_stranger, kind="company", pk=row.pk)


def enter(row: CompanyRequest) -> tuple[Exporter, User]:
    """Write exporter and owner as *row* describes them."""
    exporter = Exporter.objects.create(
        uscc=row.uscc,
        name_zh=row.name_zh,
        name_en=row.name_en,
        office=row.office,
        filing_number=row.filing_number,
        filed_on=row.filed_on,
        filing_expires_on=last_day_of_filing(row.filed_on),
    )
    owner = User.objects.create(
        email=row.email, name=row.owner_name, language=row.language, password=row.password
    )
    Membership.objects.create(user=owner, exporter=exporter, role=Role.OWNER)
    return exporter, owner


def leave_waiting(row: CompanyRequest, state: str, *, by: User, at: datetime, reason: str) -> None:
    """Decide a waiting request by compare-and-set; the kept password goes with it."""
    waiting = CompanyRequest.objects.filter(pk=row.pk, state=CompanyRequest.State.WAITING)
    if not waiting.update(
        state=state, decided_by=by, decided_at=at, reason=reason, password="", mail_due_at=None
    ):
        raise Moved(subject=row)


def last_day_of_filing(day: date) -> date:
    """Return the last day of the year that a filing made on *day* lasts."""
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year + 1, day=28)
    return day.replace(year=day.year + 1) - timedelta(days=1)


def people_of(uscc: str) -> list[User]:
    """Return the active owners of the exporter with code *uscc*."""
    owners = Membership.objects.filter(
        exporter__uscc=uscc, role=Role.OWNER, user__is_active=True
    ).select_related("user")
    return [row.user for row in owners]


def supervisors_of(office: Office) -> list[User]:
    """Return the active supervisors of *office*, or of the office above it."""
    for place in filter(None, (office, office.parent)):
        found = Membership.objects.at(place).filter(role=Role.SUPERVISOR).select_related("user")
        if people := [row.user for row in found]:
            return people
    return []


def tell(
    people: list[User],
    template: str,
    facts: dict[str, str],
    path: str,
    effect_key: str,
    *,
    at: datetime,
) -> None:
    """Queue a notice for *people* and kick its delivery."""
    queued = notices.queue(
        template, to=people, facts=facts, path=path, effect_key=effect_key, at=at
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def subject_of(row: CompanyRequest) -> tuple[str, str]:
    """Return the ledger's key of a request."""
    return ("company_request", row.uscc)


def filing_days_left(exporter: Exporter) -> int | None:
    """Return the days until the filing ends, negative once it has; ``None`` if no end is known."""
    if exporter.filing_expires_on is None:
        return None
    return (exporter.filing_expires_on - timezone.localdate()).days
