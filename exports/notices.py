"""Telling people: queued with the act, delivered by a task, each exactly once."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from exports import ledger
from exports.errors import Moved, ReasonNeeded
from exports.ledger import as_json
from exports.models import Delivery, Event, Notice, NoticePreference, User
from exports.notice_times import first_attempt, first_state
from exports.policies import check_can_operate


def queue(
    template: str,
    *,
    to: Iterable[User],
    facts: Mapping[str, Any],
    path: str,
    effect_key: str,
    at: datetime,
) -> list[int]:
    """Queue a notice for each person and return the ids of those to be mailed.

    The *template* path (``reviews/returned``) names the kind, *path* the page it leads to,
    *effect_key* the effect: a second call with the same key tells nobody twice. What is not
    urgent follows each person's preference.
    """
    people = list(to)
    wishes = {row.user_id: row for row in NoticePreference.objects.filter(user__in=people)}
    queued = []
    for person in people:
        wish = wishes.get(person.pk)
        notice, new = Notice.objects.get_or_create(
            effect_key=f"{effect_key}:{person.pk}",
            defaults={
                "to": person,
                "template": template,
                "facts": as_json(facts),
                "path": path,
                "queued_at": at,
                "next_at": first_attempt(template, wish, at=at),
                "state": first_state(template, wish),
            },
        )
        if new and notice.state == Notice.State.WAITING:
            queued.append(notice.pk)
    return queued


def waiting(at: datetime) -> list[int]:
    """Return the ids of the notices to be tried now, oldest first, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Notice.objects.filter(free, state=Notice.State.WAITING, next_at__lte=at)
    return list(rows.order_by("next_at").values_list("pk", flat=True)[:1000])


def claim(notice_id: int, *, at: datetime) -> Notice | None:
    """Take the lease on a waiting notice; ``None`` if it is taken, sent or not yet due.

    Every attempt counts from here on, also one whose worker dies; after the last the notice is
    ``dead``, for staff to see.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Notice.objects.filter(free, pk=notice_id, state=Notice.State.WAITING, next_at__lte=at)
    if row.filter(attempts__gte=settings.MAX_ATTEMPTS).update(state=Notice.State.DEAD):
        return None
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Notice.objects.select_related("to").get(pk=notice_id)


def deliver(notice: Notice, *, at: datetime) -> None:
    """Send *notice* by mail in its reader's language and note the attempt.

    The message carries the effect key as Message-ID: should a worker die between the mail
    server's answer and our commit, the second copy is recognisable as the same message.
    """
    try:
        message(notice).send()
    except OSError as failure:
        postpone(notice, at=at, error=str(failure))
        return
    with transaction.atomic():
        Delivery.objects.create(notice=notice, at=at, delivered=True)
        Notice.objects.filter(pk=notice.pk, state=Notice.State.WAITING).update(
            state=Notice.State.SENT, sent_at=at, lease_until=None
        )


def message(notice: Notice) -> EmailMultiAlternatives:
    """Return *notice* as a mail with text and HTML in its reader's language."""
    with translation.override(notice.to.language):
        context = {"notice": notice, "link": f"{settings.SITE_URL}{notice.path}", **notice.facts}
        if "lines" in notice.facts:
            context["lines"] = [line_of(line) for line in notice.facts["lines"]]
        subject = subject_of(notice)
        text = render_to_string(f"notices/{notice.template}.txt", context)
        page = render_to_string("notices/mail.html", {**context, "subject": subject, "text": text})
    domain = settings.SITE_URL.split("//")[-1].split(":")[0]
    mail = EmailMultiAlternatives(
        subject=subject,
        body=text,
        to=[notice.to.email],
        headers={
            "Message-ID": f"<{notice.effect_key.replace(':', '.')}@{domain}>",
            "List-Unsubscribe": f"<{settings.SITE_URL}{reverse('notice_preferences')}>",
        },
    )
    mail.attach_alternative(page, "text/html")
    return mail


def subject_of(notice: Notice) -> str:
    """Return the one-line subject of *notice* in the active language."""
    text = render_to_string(f"notices/{notice.template}.subject.txt", notice.facts)
    return " ".join(text.split())


def line_of(line: Mapping[str, Any]) -> dict[str, str]:
    """Return one line of a daily summary: its subject in the active language, and its link."""
    text = render_to_string(f"notices/{line['template']}.subject.txt", line["facts"])
    return {"subject": " ".join(text.split()), "link": f"{settings.SITE_URL}{line['path']}"}


def postpone(notice: Notice, *, at: datetime, error: str) -> None:
    """Note a failed attempt; try again later, or give up visibly after the last attempt."""
    dead = notice.attempts >= settings.MAX_ATTEMPTS
    with transaction.atomic():
        Delivery.objects.create(notice=notice, at=at, delivered=False, error=error)
        Notice.objects.filter(pk=notice.pk).update(
            lease_until=None,
            next_at=at + timedelta(minutes=2**notice.attempts),
            state=Notice.State.DEAD if dead else Notice.State.WAITING,
        )


@transaction.atomic
def discard(*, queued_before: datetime, by: User | None, at: datetime, note: str) -> int:
    """Keep the waiting notices of before *queued_before* in the inboxes only; return how many.

    They count as read: what was never mailed and is old news shall not call anybody.
    """
    stale = Notice.objects.filter(state=Notice.State.WAITING, queued_at__lt=queued_before)
    count = stale.update(state=Notice.State.DISCARDED, read_at=at)
    after = {"count": count, "queued_before": queued_before}
    ledger.record("notices.discarded", ("notices", ""), by=by, at=at, after=after, note=note)
    return count


@transaction.atomic
def retry(notice: Notice, *, by: User, at: datetime) -> None:
    """Let a notice that was given up be tried anew; the sweep takes it.

    Raises:
        RoleMissing: see the policy.
        Moved: it is not given up any more.
    """
    leave_dead(notice, Notice.State.WAITING, by=by, at=at, attempts=0, next_at=at)


@transaction.atomic
def drop(notice: Notice, *, by: User, at: datetime, note: str) -> None:
    """Stop trying a notice that was given up; it stays in the inbox.

    Raises:
        RoleMissing: see the policy.
        ReasonNeeded: without words why.
        Moved: it is not given up any more.
    """
    if not note.strip():
        raise ReasonNeeded(what=Event._meta.get_field("note").verbose_name)
    leave_dead(notice, Notice.State.DISCARDED, by=by, at=at, note=note)


def leave_dead(
    notice: Notice, state: str, *, by: User, at: datetime, note: str = "", **changes: object
) -> None:
    """Move a dead notice to *state* by compare-and-set and record it."""
    check_can_operate(by)
    dead = Notice.objects.filter(pk=notice.pk, state=Notice.State.DEAD)
    if not dead.update(state=state, **changes):
        raise Moved(subject=notice)
    subject = ("notice", notice.effect_key[:80])
    ledger.record(f"notice.{state}", subject, by=by, at=at, note=note)


def mark_all_read(person: User, *, up_to: int, at: datetime) -> int:
    """Note that *person* has seen everything up to notice *up_to*; return how many were new."""
    rows = Notice.objects.filter(to=person, pk__lte=up_to, read_at__isnull=True)
    return rows.update(read_at=at)


@transaction.atomic
def prefer(person: User, *, at: datetime, **wishes: Any) -> NoticePreference:
    """Keep how *person* wants to be told; it holds for what is queued from now on."""
    row, _new = NoticePreference.objects.select_for_update().get_or_create(user=person)
    before = as_json({name: getattr(row, name) for name in wishes})
    for name, value in wishes.items():
        setattr(row, name, value)
    row.save()
    ledger.record("notices.preferred", person, by=person, at=at, before=before, after=wishes)
    return row


def mark_read(notice: Notice, *, at: datetime) -> None:
    """Note when its reader first opened *notice*; opening it again changes nothing."""
    Notice.objects.filter(pk=notice.pk, read_at__isnull=True).update(read_at=at)
