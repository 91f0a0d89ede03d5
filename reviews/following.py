"""What a change of a manufacturer's confirmation does to the cases and licences that rely on it.

A case that waits or is in review is judged anew. One that was decided but has not left the house
comes back to the reviewer if its checks now answer otherwise. A licence that stands is not
touched: it is marked, and exporter and office are told. Safe to run twice.
"""

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q, QuerySet

from documents import changes
from documents.models import LetterChange
from exports import ledger
from exports.errors import FactsChanged
from reviews.assessment import check_current, judge_again, preview
from reviews.checks.model import Outcome
from reviews.lifecycle import advance
from reviews.models import Case, CheckRun, Decision, Licence, LicenceDoubt, Settlement
from reviews.settling import close, revert
from reviews.states import Status
from reviews.telling import tell_assignee, tell_exporter, tell_seniors

MOST = 5000
FOLLOWED = (Status.CHECKING, Status.IN_REVIEW, Status.HELD, Status.SETTLING)
ABOUT_LETTERS = "CNF-"


def follow(change_id: int, *, at: datetime) -> list[int]:
    """Let everything that relies on a confirmation hear of its change.

    Return the ids of the cases whose checks have to start afresh. A change that another worker
    holds, or that is followed already, is left alone.
    """
    change = changes.claim(change_id, at=at)
    if change is None:
        return []
    afresh = [case.pk for case in relying(change) if reconsider(case, change, at=at)]
    changes.close(change, at=at)
    return afresh


def relying(change: LetterChange) -> "QuerySet[Case]":
    """Return the cases of the exporter with a vehicle, or with the letter itself, of *change*."""
    letter = change.confirmation
    naming = Q(application__lines__vin__in=change.vins)
    if letter.document_id:
        naming |= Q(application__attachments__document=letter.document_id)
    issued = Q(status=Status.ISSUED, licence__state=Licence.State.LIVE)
    rows = Case.objects.filter(naming, Q(status__in=FOLLOWED) | issued, exporter=letter.exporter)
    return rows.distinct().order_by("pk")[:MOST]


def reconsider(case: Case, change: LetterChange, *, at: datetime) -> bool:
    """Do what *change* means for one case; tell whether its checks have to start afresh."""
    with transaction.atomic():
        locked = Case.objects.select_for_update(of=("self",)).select_related(
            "application__exporter", "application__destination", "assignee", "office", "exporter"
        )
        fresh = locked.get(pk=case.pk)
        if fresh.state == Status.CHECKING:
            start_afresh(fresh)
            return True
        if fresh.state == Status.ISSUED:
            doubt(fresh, change, at=at)
        elif fresh.state in FOLLOWED:
            reopen(fresh, change, at=at)
    return False


def start_afresh(case: Case) -> None:
    """Let a check that may be under way with the old facts find that the case has moved."""
    Case.objects.filter(pk=case.pk, status=Status.CHECKING).update(
        version=F("version") + 1, lease_until=None
    )


def reopen(case: Case, change: LetterChange, *, at: datetime) -> None:
    """Judge *case* anew if its checks answer otherwise now; its holder is told."""
    run = CheckRun.objects.filter(case=case).order_by("-id").first()
    if run is None or still_answers(case, run):
        return
    if case.state != Status.IN_REVIEW and not undecide(case, change, at=at):
        return
    judge_again(case, by=None, at=at)
    after = {"letter": str(change.confirmation), "what": change.kind}
    ledger.record("case.letter_changed", case, by=None, at=at, after=after)
    facts = {"letter": str(change.confirmation), "what": change.kind}
    tell_assignee(case, "letter_changed", at=at, once_per=change.pk, **facts)


def still_answers(case: Case, run: CheckRun) -> bool:
    """Tell whether the checks of *run* would answer the same now."""
    try:
        check_current(case, run)
    except FactsChanged:
        return False
    return True


def undecide(case: Case, change: LetterChange, *, at: datetime) -> bool:
    """Put a case that is decided, but not in effect, back in review; ``False`` if it cannot be.

    A question on its way to the exporter stays: its answer has every check run again.
    """
    if case.state == Status.SETTLING:
        settlement = Settlement.objects.filter(
            case=case, state=Settlement.State.WAITING, decision__isnull=False
        ).first()
        if settlement is None or not close(settlement, Settlement.State.FAILED):
            return False
        revert(settlement, case, by=None, at=at)
        case.refresh_from_db()
    if case.state == Status.HELD:
        words = f"{change.confirmation} · {change.get_kind_display()}"
        Decision.objects.filter(case=case, state=Decision.State.HELD).update(
            state=Decision.State.SENT_BACK, sent_back_because=words
        )
        advance(case, Status.IN_REVIEW, by=None, at=at, note=words)
    return True


def doubt(case: Case, change: LetterChange, *, at: datetime) -> None:
    """Mark the live licence of *case* if it could not be issued now, and tell both sides."""
    licence = case.licence
    lost = lost_grounds(case, licence)
    if licence.state != Licence.State.LIVE or not lost:
        return
    vins = sorted({vin for _check, vin in lost})
    failing = sorted({check for check, _vin in lost})
    _row, new = LicenceDoubt.objects.get_or_create(
        licence=licence,
        change=change,
        defaults={"checks": failing, "vins": vins, "found_at": at},
    )
    if not new:
        return
    letter = str(change.confirmation)
    after = {"letter": letter, "what": change.kind, "checks": failing, "vins": vins}
    ledger.record("licence.doubted", licence, by=None, at=at, after=after)
    facts = {"number": licence.number, "letter": letter, "what": change.kind}
    tell_seniors(case, "licence_doubted", at=at, once_per=change.pk, **facts)
    tell_exporter(case, "licence_in_doubt", at=at, once_per=change.pk, **facts)


def lost_grounds(case: Case, licence: Licence) -> set[tuple[str, str]]:
    """Return which checks of letters, for which VIN, fail now and did not at the decision."""
    run = licence.decision.run
    vins = dict(case.application.lines.values_list("pk", "vin"))
    then = set(run.findings.filter(outcome=Outcome.FAIL.value).values_list("check_id", "line_id"))
    now = {
        (finding.check_id, line_id)
        for line_id, found in preview(case.application, applied_on=run.filed_on).items()
        for finding in found
        if finding.outcome is Outcome.FAIL and finding.check_id.startswith(ABOUT_LETTERS)
    }
    return {(check, vins[line_id]) for check, line_id in now - then}
