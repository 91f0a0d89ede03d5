"""What may be done to many cases at once, and with what. Never an issue, never a refusal.

Who may do it to which case is no matter of this package: the policies say so, here as on the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

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
    """One act in bulk: what it is called and who may do it, the page's own act says."""

    act: acts.Act
    form: type[ArgumentsForm]
    perform: Perform


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


REPERTOIRE: Final[Mapping[str, BulkAct]] = {
    "claim": BulkAct(acts.ACTS["claim"], ArgumentsForm, claim),
    "release": BulkAct(acts.ACTS["release"], ArgumentsForm, release),
    "assign": BulkAct(acts.ACTS["assign"], AssignForm, assign),
    "escalate": BulkAct(acts.ACTS["escalate"], ReasonForm, escalate),
    "put-off": BulkAct(acts.ACTS["put-off"], PutOffForm, put_off),
    "request": BulkAct(acts.ACTS["request"], AskForm, request),
    "sign": BulkAct(acts.ACTS["sign"], RemarkForm, sign),
}
assert set(REPERTOIRE) == set(BULK_ACTS)
