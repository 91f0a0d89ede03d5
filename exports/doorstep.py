"""Mail to people who are no users yet: invitations, proofs of an address, an office's refusal.

The row is the queue (:class:`exports.models.joining.Knock`); the secret of a link is drawn when
the mail is written and stands in no row, message or log.
"""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.core.mail import send_mail
from django.db.models import F, Q
from django.template.loader import render_to_string
from django.utils import translation

from exports.models import CompanyRequest, Invitation

Waiting = CompanyRequest | Invitation
KINDS: Final[dict[str, type[CompanyRequest] | type[Invitation]]] = {
    "company": CompanyRequest,
    "invitation": Invitation,
}
MOST: Final = 200


def fresh_nonce() -> str:
    """Return what makes the secret of a new link differ from all others."""
    return secrets.token_urlsafe(24)


def token_of(nonce: str) -> str:
    """Return the secret of the link drawn from *nonce*; nobody draws it without the key."""
    return hmac.new(settings.SECRET_KEY.encode(), f"knock:{nonce}".encode(), "sha256").hexdigest()


def digest_of(token: str) -> str:
    """Return the digest under which a *token* is looked up; any text has one."""
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()


def link_facts(at: datetime, *, days: int) -> dict[str, object]:
    """Return the columns of a new link that holds for *days*, with its mail due."""
    nonce = fresh_nonce()
    return {
        "nonce": nonce,
        "token_hash": digest_of(token_of(nonce)),
        "expires_at": at + timedelta(days=days),
        "mail_due_at": at,
        "mail_attempts": 0,
    }


def waiting(at: datetime) -> list[tuple[str, int]]:
    """Return kind and id of what is to be mailed now, oldest first."""
    return [
        (kind, pk)
        for kind, model in KINDS.items()
        for pk in model._default_manager.filter(mail_due_at__lte=at)
        .order_by("mail_due_at")
        .values_list("pk", flat=True)[:MOST]
    ]


def claim(kind: str, pk: int, *, at: datetime) -> Waiting | None:
    """Take the lease on a mail; ``None`` if it is sent, taken, not due, or given up."""
    rows = KINDS[kind]._default_manager.filter(pk=pk, mail_due_at__lte=at)
    if rows.filter(mail_attempts__gte=settings.MAX_ATTEMPTS).update(mail_due_at=None):
        return None
    again = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not rows.update(mail_due_at=again, mail_attempts=F("mail_attempts") + 1):
        return None
    return KINDS[kind]._default_manager.get(pk=pk)


def deliver(row: Waiting) -> None:
    """Send the mail of *row*; a failed one waits for its lease to end and is tried anew."""
    subject, text = letter_of(row)
    try:
        send_mail(subject, text, None, [row.email])
    except OSError:
        return
    still = Q(pk=row.pk, nonce=row.nonce)
    type(row)._default_manager.filter(still).update(mail_due_at=None)


def letter_of(row: Waiting) -> tuple[str, str]:
    """Return subject and text of the mail of *row*, in its reader's language."""
    template = template_of(row)
    context = {"row": row, "link": f"{settings.SITE_URL}{path_of(row)}"}
    with translation.override(row.language):
        subject = render_to_string(f"notices/doorstep/{template}.subject.txt", context)
        text = render_to_string(f"notices/doorstep/{template}.txt", context)
    return " ".join(subject.split()), text


def template_of(row: Waiting) -> str:
    """Return which letter *row* waits for."""
    if isinstance(row, Invitation):
        return "invitation"
    return "declined" if row.state == CompanyRequest.State.DECLINED else "prove"


def path_of(row: Waiting) -> str:
    """Return the address the letter leads to."""
    where = "invitation" if isinstance(row, Invitation) else "join"
    return f"/{where}/{token_of(row.nonce)}/"
