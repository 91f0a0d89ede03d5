"""How and when somebody is told: urgent things at once, the rest as each person wishes."""

from datetime import datetime, time, timedelta
from typing import Final

from django.utils import timezone

from exports.models import Notice, NoticePreference

# What has a deadline or takes something away: nobody can turn its mail off, or delay it.
URGENT: Final = (
    frozenset(
        f"reviews/{kind}"
        for kind in (
            "returned",
            "answer_due",
            "refused",
            "revoked",
            "lapsed",
            "due",
            "late",
            "signature",
            "escalated",
            "opinion_asked",
            "opinion_due",
            "opinion_late",
        )
    )
    | frozenset(
        (
            "documents/letter_revoked",
            "documents/letter_disowned",
            "documents/attested_amended",
            "reviews/letter_changed",
            "reviews/licence_doubted",
            "reviews/licence_in_doubt",
        )
    )
    | frozenset(
        f"accounts/{kind}"
        for kind in (
            "reset",
            "password_changed",
            "password_reset",
            "totp_activated",
            "totp_deactivated",
            "recovery_codes_generated",
            "webauthn_added",
            "webauthn_removed",
            "company_known",
        )
    )
)
DECISIONS: Final = frozenset({"reviews/issued", "reviews/answered", "reviews/replacement_declined"})
SUMMARY_AT: Final = time(8, 30)


def first_state(template: str, preference: NoticePreference | None) -> str:
    """Return the state in which a notice of this *template* begins for a person."""
    if template in URGENT or preference is None:
        return Notice.State.WAITING
    mode = preference.decisions if template in DECISIONS else preference.progress
    return {
        NoticePreference.Mode.DAILY.value: Notice.State.GATHERED,
        NoticePreference.Mode.INBOX.value: Notice.State.KEPT,
    }.get(mode, Notice.State.WAITING)


def first_attempt(template: str, preference: NoticePreference | None, *, at: datetime) -> datetime:
    """Return when the mail may go: now, or after the person's quiet hours; urgent mail now."""
    if template in URGENT or preference is None or preference.quiet_from is None:
        return at
    return after_quiet(at, since=preference.quiet_from, until=preference.quiet_until or time.min)


def after_quiet(at: datetime, *, since: time, until: time) -> datetime:
    """Return *at*, or the end of the quiet hours from *since* to *until* it lies in.

    Shanghai time. Hours that end before they begin cross midnight; equal ends mean none.
    """
    local = timezone.localtime(at)
    clock = local.time()
    if since <= until:
        quiet, turns = since <= clock < until, False
    else:
        quiet, turns = clock >= since or clock < until, clock >= since
    if not quiet:
        return at
    day = local.date() + timedelta(days=1) if turns else local.date()
    return datetime.combine(day, until, tzinfo=local.tzinfo)


def summary_of(at: datetime) -> datetime:
    """Return the latest moment, *at* or before, at which daily summaries were due."""
    local = timezone.localtime(at)
    due = datetime.combine(local.date(), SUMMARY_AT, tzinfo=local.tzinfo)
    return due if due <= local else due - timedelta(days=1)
