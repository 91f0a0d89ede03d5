"""How allauth asks this site: who may sign in, what is recorded, how secrets are kept."""

import base64
import hashlib
from typing import Any, ClassVar

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports import accounts
from exports.models import User


class DoorAdapter(DefaultAccountAdapter):
    """Nobody signs up here alone; whoever signs in, or fails to, stands in the ledger."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _("E-mail or password is not right."),
        "enter_current_password": _("This is not the present password."),
        "incorrect_password": _("This is not the password."),
        "incorrect_code": _("The code is not right, or was used already."),
        "too_many_login_attempts": _(
            "Too many failed sign-ins. Wait five minutes, or choose a new password."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Keep allauth's own sign-up shut: people come by invitation or with their company."""
        return False

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # Per account and network address: who guesses from elsewhere locks nobody out.
        email = str(credentials.get("email", "")).lower()
        return f"{self.get_client_ip(request)}:{email}"

    def authentication_failed(self, request: HttpRequest, **credentials: Any) -> None:
        """Record the failure."""
        email = str(credentials.get("email", ""))
        accounts.note_failure(email, at=timezone.now(), address=self.get_client_ip(request))

    def post_login(self, request: HttpRequest, user: User, **facts: Any) -> HttpResponse:
        """Record the sign-in, and by which proofs."""
        proofs = [proof_of(row) for row in get_authentication_records(request, user)]
        accounts.note_sign_in(user, at=timezone.now(), how=", ".join(proofs))
        response: HttpResponse = super().post_login(request, user, **facts)
        return response

    def reauthenticate(self, user: User, password: str) -> bool:
        """Tell whether *password* is the person's; wrong ones count like failed sign-ins."""
        found = self.authenticate(self.request, email=user.email, password=password)
        return found is not None and found.pk == user.pk

    def send_notification_mail(self, template_prefix: str, user: User, *_args: Any) -> None:
        """Record a change of the account's safety and queue the mail that tells of it."""
        change = template_prefix.rsplit("/", 1)[-1]
        accounts.note_change(user, change, at=timezone.now())


class FactorAdapter(DefaultMFAAdapter):
    """Second factors: no secret lies readable in the database."""

    error_messages: ClassVar[dict[str, Any]] = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("The code is not right, or was used already."),
    }

    def encrypt(self, text: str) -> str:
        """Seal a secret with the installation's key."""
        return cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open a secret sealed by :meth:`encrypt`."""
        return cipher().decrypt(encrypted_text.encode()).decode()

    def send_notification_mail(
        self, template_prefix: str, user: User, *_args: Any, **_more: Any
    ) -> None:
        """Record the change and tell the person."""
        change = template_prefix.rsplit("/", 1)[-1]
        accounts.note_change(user, change, at=timezone.now())


def cipher() -> Fernet:
    """Return what seals second factors, by a key drawn from ``MFA_KEY``."""
    drawn = hashlib.sha256(b"second factors:" + settings.MFA_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(drawn))


def proof_of(record: dict[str, Any]) -> str:
    """Return one proof given at the door, such as ``password`` or ``mfa:totp``."""
    kind = record.get("type", "")
    return f"{record['method']}:{kind}" if kind else str(record["method"])
