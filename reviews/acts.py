"""The acts of a reviewer's desk: for each its words, its key, its form and the service it calls."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.errors import Moved
from exports.models import User
from reviews import assessment, claims, decisions, licensing, looks, settling, splitting
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
from reviews.hand_forms import AssignForm, PutOffForm
from reviews.models import Case, Decision
from reviews.opinion_forms import AskOpinionForm, WithdrawOpinionForm
from reviews.opinions import asking
from reviews.policies import CHECKS, Action, check_seen, held_decision
from reviews.split_forms import TakeOutForm

Perform = Callable[..., object]
# What every form carries about its page; the services are not told.
OF_PAGE: Final = ("version", "seen")


@dataclass(frozen=True)
class Act:
    """One act; ``policy`` names the row of the policies that opens it.

    Whoever did one that ``leaves`` is done with the case for now and goes on to the next.
    """

    policy: str
    label: Promise
    done: Promise
    form: type[ActForm]
    perform: Perform
    key: str = ""
    style: str = "btn-quiet"
    leaves: bool = False


@dataclass(frozen=True)
class Offer:
    """An act as the page offers it: with its form if it is open, else with the reason why not."""

    name: str
    act: Act
    allowed: bool
    why_not: str
    form: ActForm | None
    opened: bool
    at_once: bool


def calling(service: Callable[..., object], *names: str) -> Perform:
    """Return an act that calls *service* with these values of its form."""

    def perform(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
        return service(case, by=by, at=at, **{name: form.cleaned_data[name] for name in names})

    return perform


def recommending(outcome: str) -> Perform:
    """Return the act that recommends *outcome* with the reasons given."""

    def perform(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
        given = form.cleaned_data
        return decisions.recommend(
            case, outcome, reasons=given["reasons"], by=by, at=at, note=given["note"]
        )

    return perform


def request(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Ask the exporter."""
    assert isinstance(form, RequestForm)
    note = form.cleaned_data["note"]
    return decisions.ask(case, questions=form.questions(), by=by, at=at, note=note)


def registry(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Record the registry's answer."""
    answer = {name: value for name, value in form.cleaned_data.items() if name not in OF_PAGE}
    return assessment.hear_registry(case, answer.pop("vin"), by=by, at=at, **answer)


def ask_opinion(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Ask another ministry about the vehicle the page is open at."""
    given, vin = form.cleaned_data, form.file.line.vin
    return asking.ask(case, given["point"], vin=vin, by=by, at=at, note=given["question"])


def withdraw_opinion(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Take back what another ministry is asked about *case*."""
    given = form.cleaned_data
    return asking.withdraw(given["opinion"], by=by, at=at, note=given["note"])


def take_out(case: Case, form: ActForm, *, by: User, at: datetime) -> object:
    """Take one vehicle out of the batch."""
    given = form.cleaned_data
    line = splitting.line_of(case, given["vin"])
    return splitting.take_out(case, line, reason=given["reason"], by=by, at=at, note=given["note"])


def sign_held(case: Case, *, by: User, at: datetime, note: str = "") -> Decision:
    """Sign whatever decision of *case* waits."""
    return decisions.sign(held(case), by=by, at=at, note=note)


def send_back_held(case: Case, *, by: User, at: datetime, note: str) -> Case:
    """Decline to sign whatever decision of *case* waits."""
    return decisions.send_back(held(case), by=by, at=at, note=note)


def revoke_licence(case: Case, *, by: User, at: datetime, note: str) -> object:
    """Revoke the licence of *case*."""
    licence = getattr(case, "licence", None)
    if licence is None:
        raise Moved(subject=case)
    return licensing.revoke(licence, by=by, at=at, note=note)


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
    "claim": Act(
        "claim", _("Claim"), _("The case is yours."), ActForm, calling(claims.claim), "c", ""
    ),
    "undo": Act(
        "undo",
        _("Undo"),
        _("Taken back; nothing left the house."),
        ActForm,
        calling(settling.undo),
        "z",
    ),
    "take-back": Act(
        "take_back",
        _("Take the recommendation back"),
        _("Taken back; the case is yours again."),
        ActForm,
        calling(decisions.take_back),
        "z",
    ),
    "issue": Act(
        "issue",
        _("Issue"),
        _("Decided to issue the licence."),
        NoteForm,
        calling(decisions.issue, "note"),
        "a",
        "",
        leaves=True,
    ),
    "sign": Act(
        "sign", _("Sign"), _("Signed."), NoteForm, calling(sign_held, "note"), "a", "", leaves=True
    ),
    "request": Act(
        "request",
        _("Ask"),
        _("The exporter is asked."),
        RequestForm,
        request,
        "i",
        leaves=True,
    ),
    "ask-opinion": Act(
        "ask_opinion",
        _("Ask another ministry"),
        _("The ministry is asked; the case goes on meanwhile."),
        AskOpinionForm,
        ask_opinion,
        "g",
    ),
    "withdraw-opinion": Act(
        "withdraw_opinion",
        _("Withdraw the question to another ministry"),
        _("The question is withdrawn."),
        WithdrawOpinionForm,
        withdraw_opinion,
    ),
    "recommend-issue": Act(
        "recommend",
        _("Recommend issue"),
        _("Recommended; another person signs."),
        OverrideForm,
        recommending(Decision.Outcome.ISSUE),
        "o",
        leaves=True,
    ),
    "recommend-refusal": Act(
        "recommend",
        _("Recommend refusal"),
        _("Recommended; another person signs."),
        RefusalForm,
        recommending(Decision.Outcome.REFUSE),
        "r",
        "btn-danger",
        leaves=True,
    ),
    "send-back": Act(
        "send_back",
        _("Send back"),
        _("Sent back to the reviewer."),
        WhyForm,
        calling(send_back_held, "note"),
        "b",
        leaves=True,
    ),
    "escalate": Act(
        "escalate",
        _("Escalate"),
        _("Escalated; a senior reviewer takes it."),
        WhyForm,
        calling(claims.escalate, "note"),
        "e",
        leaves=True,
    ),
    "put-off": Act(
        "put_off",
        _("Put off"),
        _("Put off; it comes back to you."),
        PutOffForm,
        calling(claims.put_off, "until", "note"),
        "s",
        leaves=True,
    ),
    "wake": Act(
        "wake", _("Take up again"), _("Taken up again."), ActForm, calling(claims.wake), "s"
    ),
    "return-to-pool": Act(
        "return_to_pool",
        _("Back to the pool"),
        _("Any reviewer may work on it again."),
        NoteForm,
        calling(claims.return_to_pool, "note"),
    ),
    "recheck": Act(
        "recheck",
        _("Run the checks again"),
        _("The checks were run again."),
        ActForm,
        calling(assessment.recheck),
    ),
    "retry": Act(
        "retry",
        _("Try the checks again"),
        _("The checks will be tried again."),
        ActForm,
        calling(assessment.retry),
    ),
    "registry": Act(
        "registry",
        _("Record the registry's answer"),
        _("Recorded, and the checks were run again."),
        RegistryForm,
        registry,
    ),
    "take-out": Act(
        "take_out",
        _("Take this vehicle out"),
        _("The vehicle goes on in an application of its own."),
        TakeOutForm,
        take_out,
    ),
    "assign": Act(
        "assign",
        _("Assign"),
        _("Assigned."),
        AssignForm,
        calling(claims.assign, "to", "note"),
    ),
    "release": Act(
        "release",
        _("Release"),
        _("The case is free again."),
        ActForm,
        calling(claims.release),
        "u",
        leaves=True,
    ),
    "revoke": Act(
        "revoke",
        _("Revoke the licence"),
        _("The licence is revoked."),
        WhyForm,
        calling(revoke_licence, "note"),
        "",
        "btn-danger",
    ),
}


def verify_url_of(case: Case) -> str:
    """Return the public address that proves the licence of *case*, empty without one."""
    licence = getattr(case, "licence", None)
    return licensing.verify_url(licence) if licence else ""


def check_open(name: str, case: Case, *, by: User) -> None:
    """Refuse an act the registry does not open to *by* now, before asking for its values.

    Raises:
        DomainError: as the policy says.
    """
    CHECKS[ACTS[name].policy](by, case)


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
    if form.seen_before is not None:
        run = form.file.run.pk if form.file.run else None
        looks.remember(form.file.case, by=by, at=at, seq=form.seen_before, run=run)


def offers_of(file: CaseFile, *, refused: ActForm | None = None) -> list[Offer]:
    """Return every act of the desk; the form of a *refused* one is kept as it was sent."""
    return [offer_of(name, file=file, refused=refused) for name in ACTS]


def offer_of(name: str, *, file: CaseFile, refused: ActForm | None) -> Offer:
    """Return one act with its form."""
    act = ACTS[name]
    opened = refused is not None and refused.action == name
    action: Action = file.actions[act.policy]
    form = refused if opened else act.form(file=file, action=name) if action.allowed else None
    at_once = act.form is ActForm or takes_one_key(name, file=file)
    return Offer(name, act, action.allowed, action.why_not, form, opened, at_once)


def takes_one_key(name: str, *, file: CaseFile) -> bool:
    """Tell whether an act needs no form: to issue, or sign an issue, with nothing against it.

    A refusal or an override is read before it is signed.
    """
    clean = file.case.failed == file.case.attention == 0
    issues = file.held is not None and file.held.outcome == Decision.Outcome.ISSUE
    return clean and (name == "issue" or (name == "sign" and issues))
