"""A person's own account: what is done to it is recorded, and the person is told."""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse

from exports import ledger, notices
from exports.kicks import kick_each_after_commit
from exports.models import User
from exports.tasks import deliver_notice

# What may be changed about an account's safety; each has words in the mail and in the ledger.
CHANGES: Final = (
    "password_changed",
    "password_reset",
    "totp_activated",
    "totp_deactivated",
    "recovery_codes_generated",
    "webauthn_added",
    "webauthn_removed",
)


@transaction.atomic
def note_sign_in(person: User, *, at: datetime, how: str) -> None:
    """Record that *person* signed in, and *how*: ``password``, ``mfa:totp``, ``mfa:webauthn``."""
    ledger.record("person.signed_in", about(person), by=person, at=at, after={"how": how})


@transaction.atomic
def note_failure(email: str, *, at: datetime, address: str) -> None:
    """Record a sign-in that failed, from the network *address*.

    An unknown *email* is not kept: people type their password into the wrong field.
    """
    known = User.objects.filter(email=email.strip().lower()).first()
    subject = about(known) if known else ("person", "")
    ledger.record("person.sign_in_failed", subject, by=None, at=at, after={"from": address})


@transaction.atomic
def note_change(person: User, change: str, *, at: datetime) -> None:
    """Record a *change* of the account's safety, one of ``CHANGES``, and tell the person.

    Whoever did not do it themselves learns of it by the mail.
    """
    assert change in CHANGES  # a change without words would tell nobody anything
    event = ledger.record(f"person.{change}", about(person), by=person, at=at)
    tell(person, f"accounts/{change}", effect_key=f"{change}:{event.seq}", at=at)


@transaction.atomic
def ask_new_password(email: str, *, at: datetime) -> None:
    """Mail a link for a new password to who signs in with *email*; strangers get nothing.

    The caller learns nothing either way. A second wish within the same minute sends no second
    mail. The link is made when the mail is sent, so that no row holds it.
    """
    person = User.objects.filter(email=email.strip().lower(), is_active=True).first()
    if person is None:
        return
    ledger.record("person.reset_asked", about(person), by=None, at=at)
    tell(person, "accounts/reset", effect_key=f"reset:{person.pk}:{at:%Y%m%d%H%M}", at=at)


@transaction.atomic
def keep_account(person: User, *, name: str, language: str, at: datetime) -> None:
    """Change the *name* a person bears and the *language* they are addressed in."""
    before = {"name": person.name, "language": person.language}
    after = {"name": name, "language": language}
    if before == after:
        return
    User.objects.filter(pk=person.pk).update(**after)
    ledger.record("person.changed", about(person), by=person, at=at, before=before, after=after)


@transaction.atomic
def note_sessions_ended(person: User, *, count: int, at: datetime) -> None:
    """Record that *person* ended *count* of their own sessions elsewhere."""
    ledger.record("person.sessions_ended", about(person), by=person, at=at, after={"count": count})


def tell(person: User, template: str, *, effect_key: str, at: datetime) -> None:
    """Queue a notice about the account, and kick its delivery."""
    queued = notices.queue(
        template,
        to=[person],
        facts={},
        path=reverse("account"),
        effect_key=effect_key,
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)


def about(person: User) -> tuple[str, str]:
    """Return the ledger's key of *person*."""
    return ("person", person.email)
