"""What may be done to many cases at once, and with what. Never an issue, never a refusal.

Who may do it to which case is no matter of this package: the policies say so, here as on the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import ngettext_lazy

from exports.models import User
from reviews import acts, claims, decisions
from reviews.bulk.forms import (
    ArgumentsForm,
    AskForm,
    AssignForm,
    PutOffForm,
    ReasonForm,
    RemarkForm,
)
from reviews.clocks import OFFICE_HOURS
from reviews.models import BULK_ACTS, Case, Reason

Arguments = Mapping[str, Any]
Perform = Callable[..., object]


@dataclass(frozen=True)
class BulkAct:
    """One act in bulk: what it is called and who may do it, the page's own act says.

    ``will`` foretells it of so many cases, ``n`` of its facts.
    """

    act: acts.Act
    form: type[ArgumentsForm]
    perform: Perform
    will: Any

    def foretold(self, cases: int) -> str:
        """Say what will happen to so many *cases*."""
        return str(self.will % {"n": cases})


def claim(case: Case, _given: Arguments, *, by: User, at: datetime) -> object:
    """Take one."""
    return claims.claim(case, by=by, at=at)


def release(case: Case, _given: Arguments, *, by: User, at: datetime) -> object:
    """Put one back."""
    return claims.release(case, by=by, at=at)


def assign(case: Case, given: Arguments, *, by: User, at: datetime) -> object:
    """Give one into somebody's hands."""
    to = User.objects.get(pk=given["to"])
    return claims.assign(case, to=to, by=by, at=at, note=given["note"])


def escalate(case: Case, given: Arguments, *, by: User, at: datetime) -> object:
    """Give one up to the seniors."""
    return claims.escalate(case, by=by, at=at, note=given["note"])


def put_off(case: Case, given: Arguments, *, by: User, at: datetime) -> object:
    """Lay one aside until the office opens on a day."""
    until = OFFICE_HOURS.opening(date.fromisoformat(given["until"]))
    return claims.put_off(case, until=until, by=by, at=at, note=given["note"])


def request(case: Case, given: Arguments, *, by: User, at: datetime) -> object:
    """Ask one exporter the one question."""
    reason = Reason.objects.get(pk=given["reason"])
    question = decisions.Question(
        reason=reason,
        document_kind=given["document_kind"],
        text=given["question"] or f"{reason.text_zh}\n{reason.text_en}",
    )
    return decisions.ask(case, questions=[question], by=by, at=at, note=given["note"])


def sign(case: Case, given: Arguments, *, by: User, at: datetime) -> object:
    """Give one second signature."""
    return acts.sign_held(case, by=by, at=at, note=given["note"])


CLAIMED: Final = ngettext_lazy("%(n)d case will be yours", "%(n)d cases will be yours", "n")
RELEASED: Final = ngettext_lazy(
    "%(n)d case will be free for anybody", "%(n)d cases will be free for anybody", "n"
)
ASSIGNED: Final = ngettext_lazy("%(n)d case will be assigned", "%(n)d cases will be assigned", "n")
ESCALATED: Final = ngettext_lazy(
    "%(n)d case will be escalated", "%(n)d cases will be escalated", "n"
)
PUT_OFF: Final = ngettext_lazy("%(n)d case will be put off", "%(n)d cases will be put off", "n")
ASKED: Final = ngettext_lazy(
    "The exporter of %(n)d case will be asked",
    "The exporters of %(n)d cases will be asked",
    "n",
)
SIGNED: Final = ngettext_lazy("%(n)d case will be signed", "%(n)d cases will be signed", "n")
REPERTOIRE: Final[Mapping[str, BulkAct]] = {
    "claim": BulkAct(acts.ACTS["claim"], ArgumentsForm, claim, CLAIMED),
    "release": BulkAct(acts.ACTS["release"], ArgumentsForm, release, RELEASED),
    "assign": BulkAct(acts.ACTS["assign"], AssignForm, assign, ASSIGNED),
    "escalate": BulkAct(acts.ACTS["escalate"], ReasonForm, escalate, ESCALATED),
    "put-off": BulkAct(acts.ACTS["put-off"], PutOffForm, put_off, PUT_OFF),
    "request": BulkAct(acts.ACTS["request"], AskForm, request, ASKED),
    "sign": BulkAct(acts.ACTS["sign"], RemarkForm, sign, SIGNED),
}
assert set(REPERTOIRE) == set(BULK_ACTS)
