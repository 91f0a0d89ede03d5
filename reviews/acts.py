"""The acts of a reviewer's desk: for each its words, its key, its form and the service it calls."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.errors import Moved
from exports.models import User
from reviews import assessment, claims, decisions, licensing
from reviews.casefile import CaseFile
from reviews.desk_forms import (
    ActForm,
    NoteForm,
    OverrideForm,
    RefusalForm,
    RegistryForm,
    RequestForm,
    WhyForm,
)
from reviews.models import Case, Decision
from reviews.policies import Action, check_seen, held_decision

Perform = Callable[..., object]


@dataclass(frozen=True)
class Act:
    """One act; ``policy`` names the row of the policies that opens it."""

    policy: str
    label: Promise
    done: Promise
    form: type[ActForm]
    perform: Perform
    key: str = ""
    style: str = "btn-quiet"

    @property
    def at_once(self) -> bool:
        """Tell whether nothing need be filled in or thought over."""
        return self.form is ActForm


@dataclass(frozen=True)
class Offer:
    """An act as the page offers it: with its form if it is open, else with the reason why not."""

    name: str
    act: Act
    allowed: bool
    why_not: str
    form: ActForm | None
    opened: bool


def claim(case: Case, _form: ActForm, *, by: User, at: datetime) -> object:
    """Take the case."""
    return claims.claim(case, by=by, at=at)


def release(case: Case, _form: ActForm, *, by: User, at: datetime) -> object:
    """Put the case back."""
    return claims.release(case, by=by, at=at)


def issue(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Issue alone."""
    return decisions.issue(case, by=by, at=at, note=form.cleaned_data["note"])


def recommend_issue(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Recommend an issue."""
    return recommend(case, Decision.Outcome.ISSUE, form.cleaned_data, by=by, at=at)


def recommend_refusal(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Recommend a refusal."""
    return recommend(case, Decision.Outcome.REFUSE, form.cleaned_data, by=by, at=at)


def recommend(
    case: Case, outcome: str, given: Mapping[str, Any], /, *, by: User, at: datetime
) -> Decision:
    """Recommend *outcome* with the reasons given."""
    return decisions.recommend(
        case, outcome, reasons=given["reasons"], by=by, at=at, note=given["note"]
    )


def request(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Ask the exporter."""
    assert isinstance(form, RequestForm)
    note = form.cleaned_data["note"]
    return decisions.ask(case, questions=form.questions(), by=by, at=at, note=note)


def recheck(case: Case, _form: ActForm, *, by: User, at: datetime) -> object:
    """Run the checks again."""
    return assessment.recheck(case, by=by, at=at)


def retry(case: Case, _form: ActForm, *, by: User, at: datetime) -> object:
    """Try the checks anew."""
    return assessment.retry(case, by=by, at=at)


def registry(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Record the registry's answer."""
    answer = {name: value for name, value in form.cleaned_data.items() if name != "version"}
    return assessment.hear_registry(case, answer.pop("vin"), by=by, at=at, **answer)


def sign(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Give the second signature."""
    return sign_held(case, by=by, at=at, note=form.cleaned_data["note"])


def sign_held(case: Case, *, by: User, at: datetime, note: str = "") -> Decision:
    """Sign whatever decision of *case* waits."""
    return decisions.sign(held(case), by=by, at=at, note=note)


def send_back(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Decline to sign."""
    return decisions.send_back(held(case), by=by, at=at, note=form.cleaned_data["note"])


def revoke(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Revoke the licence."""
    licence = getattr(case, "licence", None)
    if licence is None:
        raise Moved(subject=case)
    return licensing.revoke(licence, by=by, at=at, note=form.cleaned_data["note"])


def held(case: Case) -> Decision:
    """Return the decision that waits for its signature, with *case* as the caller saw it.

    Raises:
        Moved: none waits any more.
    """
    decision = held_decision(case)
    if decision is None:
        raise Moved(subject=case)
    decision.case = case
    return decision


ACTS: Final[Mapping[str, Act]] = {
    "claim": Act("claim", _("Claim"), _("The case is yours."), ActForm, claim, "c", ""),
    "issue": Act("issue", _("Issue"), _("The licence is issued."), NoteForm, issue, "a", ""),
    "sign": Act("sign", _("Sign"), _("Signed."), NoteForm, sign, "a", ""),
    "request": Act("request", _("Ask"), _("The exporter is asked."), RequestForm, request, "i"),
    "recommend-issue": Act(
        "recommend",
        _("Recommend issue"),
        _("Recommended; another person signs."),
        OverrideForm,
        recommend_issue,
        "o",
    ),
    "recommend-refusal": Act(
        "recommend",
        _("Recommend refusal"),
        _("Recommended; another person signs."),
        RefusalForm,
        recommend_refusal,
        "r",
        "btn-danger",
    ),
    "send-back": Act(
        "send_back", _("Send back"), _("Sent back to the reviewer."), WhyForm, send_back, "b"
    ),
    "recheck": Act(
        "recheck", _("Run the checks again"), _("The checks were run again."), ActForm, recheck
    ),
    "retry": Act(
        "retry", _("Try the checks again"), _("The checks will be tried again."), ActForm, retry
    ),
    "registry": Act(
        "registry",
        _("Record the registry's answer"),
        _("Recorded, and the checks were run again."),
        RegistryForm,
        registry,
    ),
    "release": Act("release", _("Release"), _("The case is free again."), ActForm, release),
    "revoke": Act(
        "revoke",
        _("Revoke the licence"),
        _("The licence is revoked."),
        WhyForm,
        revoke,
        "",
        "btn-danger",
    ),
}


def verify_url_of(case: Case) -> str:
    """Return the public address that proves the licence of *case*, empty without one."""
    licence = getattr(case, "licence", None)
    return licensing.verify_url(licence) if licence else ""


def check_fresh(form: ActForm) -> None:
    """Refuse what was decided on a page that is not true any more, before judging the form.

    Raises:
        Moved: the case is not as the person saw it.
    """
    seen = form.data.get("version", "")
    if re.fullmatch(r"[0-9]{1,9}", seen):
        check_seen(form.file.case, int(seen))


def carry_out(name: str, form: ActForm, *, by: User, at: datetime) -> None:
    """Carry out one act on the case the valid *form* is about.

    Raises:
        DomainError: as the service refuses.
    """
    ACTS[name].perform(form.file.case, form, by=by, at=at)


def offers_of(file: CaseFile, *, refused: ActForm | None = None) -> list[Offer]:
    """Return every act of the desk; the form of a *refused* one is kept as it was sent."""
    return [offer_of(name, file=file, refused=refused) for name in ACTS]


def offer_of(name: str, *, file: CaseFile, refused: ActForm | None) -> Offer:
    """Return one act with its form."""
    act = ACTS[name]
    opened = refused is not None and refused.action == name
    action: Action = file.actions[act.policy]
    form = refused if opened else act.form(file=file, action=name) if action.allowed else None
    return Offer(name, act, action.allowed, action.why_not, form, opened)
