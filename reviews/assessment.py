"""Facts → findings → the reviewer's desk. Runs in a worker, safe to run twice."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q

from documents import registry
from exports import ledger
from exports.errors import FactsChanged, Incomplete, Moved
from exports.models import Application, Line, Policy, User
from reviews import checks, facts
from reviews import risk as risks
from reviews.checks.model import Finding as Found
from reviews.checks.model import Outcome
from reviews.checks.opinions import OPINION_CHECKS
from reviews.lifecycle import advance
from reviews.models import Case, CaseFlag, CheckRun, Finding, RequestItem
from reviews.policies import check_can_retry, check_can_work
from reviews.states import Status

FindingsByLine = dict[int, tuple[Found, ...]]


def preview(application: Application, *, applied_on: date) -> FindingsByLine:
    """Return what the checks would find if *application* were filed on *applied_on*.

    Keyed by line id; nothing is stored. A fixed number of queries.
    """
    loaded = facts.of_application(application, applied_on=applied_on)
    return {line_id: checks.run(line_facts) for line_id, line_facts in loaded.items()}


def waiting(at: datetime) -> list[int]:
    """Return the ids of the cases to be checked, oldest first, at most a thousand."""
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    rows = Case.objects.filter(free, status=Status.CHECKING, attempts__lt=settings.MAX_ATTEMPTS)
    return list(rows.order_by("due_at").values_list("pk", flat=True)[:1000])


def claim(case_id: int, *, at: datetime) -> Case | None:
    """Take the lease on a case that waits for its checks; ``None`` if taken or done.

    After too many attempts it stays ``checking`` for staff to see and to retry.
    """
    free = Q(lease_until__isnull=True) | Q(lease_until__lt=at)
    row = Case.objects.filter(
        free, pk=case_id, status=Status.CHECKING, attempts__lt=settings.MAX_ATTEMPTS
    )
    lease = at + timedelta(seconds=settings.LEASE_SECONDS)
    if not row.update(lease_until=lease, attempts=F("attempts") + 1):
        return None
    return Case.objects.select_related("application__exporter", "application__destination").get(
        pk=case_id
    )


@transaction.atomic
def retry(case: Case, *, by: User, at: datetime) -> None:
    """Let the checks of a case that gave up be tried anew; the sweep takes it.

    Raises:
        RoleMissing, NotAllowed, TransitionRefused: see the policy.
    """
    check_can_retry(by, case)
    stuck = Case.objects.filter(pk=case.pk, status=Status.CHECKING)
    if not stuck.update(attempts=0, lease_until=None):
        raise Moved(subject=case)
    ledger.record("case.retried", case, by=by, at=at)


@transaction.atomic
def assess(case: Case, *, at: datetime) -> CheckRun:
    """Run every check over *case*, keep the findings and put it on the reviewer's desk.

    Raises:
        Moved: the case moved meanwhile; nothing is kept.
    """
    application = case.application
    assert application.filed_on is not None  # a case exists only for a filed application
    found = preview(application, applied_on=application.filed_on)
    run = keep(case, found, filed_on=application.filed_on, at=at)
    counts = tally(found.values())
    advance(case, Status.IN_REVIEW, by=None, at=at)
    summarise(case, run, counts=counts)
    ledger.record("case.checked", case, by=None, at=at, after={**counts, "run": run.pk})
    return run


@transaction.atomic
def recheck(case: Case, *, by: User, at: datetime) -> CheckRun:
    """Run the checks again over a case in review, for its holder or, while it is free, anybody.

    Raises:
        RoleMissing, NotAllowed, ClaimedByAnother, Escalated, TransitionRefused: see the policy.
        Moved: it was decided, returned or taken over meanwhile.
    """
    check_can_work(by, case)
    as_seen = Case.objects.select_for_update().filter(
        version=case.version, assignee=case.assignee_id
    )
    if as_seen.filter(pk=case.pk).first() is None:
        raise Moved(subject=case)
    return judge_again(case, by=by, at=at)


def judge_again(case: Case, *, by: User | None, at: datetime) -> CheckRun:
    """Run the checks again over a case in review whose row the caller has locked.

    Where they answer otherwise the case counts as another version: whoever decides on a page
    opened before is shown first what became of it.
    """
    application = case.application
    assert application.filed_on is not None  # a case exists only for a filed application
    found = preview(application, applied_on=application.filed_on)
    before = case.runs.order_by("-id").first()
    if before is None or changed_since(before, found):
        # From what the caller read: it may have made another version for a reason of its own.
        Case.objects.filter(pk=case.pk).update(version=case.version + 1)
    run = keep(case, found, filed_on=application.filed_on, at=at)
    counts = tally(found.values())
    summarise(case, run, counts=counts)
    ledger.record("case.rechecked", case, by=by, at=at, after={**counts, "run": run.pk})
    return run


@transaction.atomic
def hear_registry(
    case: Case, vin: str, *, source: str, by: User, at: datetime, **answer: Any
) -> CheckRun:
    """Keep what the registry said about one vehicle of *case* and run the checks again with it.

    Raises:
        as :func:`recheck`, and Incomplete: *vin* is not in the batch.
    """
    check_can_work(by, case)
    if not case.application.lines.filter(vin=vin).exists():
        raise Incomplete(missing=str(Line._meta.get_field("vin").verbose_name))
    registry.record_answer(vin, by=by, at=at, source=source, **answer)
    return recheck(case, by=by, at=at)


def check_current(case: Case, run: CheckRun) -> None:
    """Refuse to decide on *run* if its checks would answer otherwise now.

    A letter revoked or a registry answer received meanwhile must not slip past a decision. Of what
    other ministries are asked only an answer against the case counts: whether a question is open,
    withdrawn or answered well holds up nobody.

    Raises:
        FactsChanged: naming the checks whose outcome changed.
    """
    changed = changed_since(run, preview(case.application, applied_on=run.filed_on))
    if changed:
        raise FactsChanged(checks=", ".join(changed))


def changed_since(run: CheckRun, found: FindingsByLine) -> list[str]:
    """Return the checks that bind a decision and answer otherwise in *found* than in *run*."""
    fresh = {(line, f.check_id, f.outcome.value) for line, each in found.items() for f in each}
    stored = set(run.findings.values_list("line_id", "check_id", "outcome"))
    return sorted(
        {check_id for _line, check_id, outcome in fresh ^ stored if binds(check_id, outcome)}
    )


def binds(check_id: str, outcome: str) -> bool:
    """Tell whether a decision must know that *check_id* now answers, or answered, *outcome*."""
    return check_id not in OPINION_CHECKS or outcome == Outcome.FAIL


def summarise(case: Case, run: CheckRun, *, counts: dict[str, int]) -> None:
    """Repeat the outcome of *run* on the case, for the queue to read."""
    failed, attention = counts[Outcome.FAIL], counts[Outcome.ATTENTION]
    days = youngest(case, filed_on=run.filed_on)
    risk = risks.of_case(case, failed=failed, attention=attention, youngest=days)
    Case.objects.filter(pk=case.pk).update(
        passed=counts[Outcome.PASS],
        attention=attention,
        failed=failed,
        youngest_days=days,
        risk=risk.score,
        risk_reason=risk.reason,
    )
    flag(case, run)
    accept_cured(case, run)
    case.refresh_from_db()


def accept_cured(case: Case, run: CheckRun) -> None:
    """Accept the answers after which the check behind the question passes; words alone do not."""
    passed = run.findings.filter(
        outcome__in=[Outcome.PASS, Outcome.NOT_APPLICABLE], check_id=OuterRef("check_id")
    )
    doubted = run.findings.filter(
        outcome__in=[Outcome.FAIL, Outcome.ATTENTION], check_id=OuterRef("check_id")
    )
    answered = RequestItem.objects.filter(
        request__case=case, state=RequestItem.State.ANSWERED
    ).exclude(check_id="")
    answered.filter(Exists(passed)).exclude(Exists(doubted)).update(
        state=RequestItem.State.ACCEPTED
    )


def flag(case: Case, run: CheckRun) -> None:
    """Note which checks failed in *run*, for the queue to be narrowed by: three statements."""
    failed = run.findings.filter(outcome=Outcome.FAIL).order_by("check_id")
    case.flags.all().delete()
    CaseFlag.objects.bulk_create(
        CaseFlag(case=case, check_id=check_id)
        for check_id in failed.values_list("check_id", flat=True).distinct()
    )


def keep(case: Case, found: FindingsByLine, *, filed_on: date, at: datetime) -> CheckRun:
    """Store one run with all its findings: two statements."""
    run = CheckRun.objects.create(
        case=case,
        policy=Policy.objects.in_force(filed_on),
        code_version=checks.CODE_VERSION,
        filed_on=filed_on,
        ran_at=at,
    )
    Finding.objects.bulk_create(
        Finding(
            run=run,
            line_id=line_id,
            check_id=finding.check_id,
            outcome=finding.outcome,
            sentence_zh=finding.sentence.zh,
            sentence_en=finding.sentence.en,
            cure_zh=finding.cure.zh if finding.cure else "",
            cure_en=finding.cure.en if finding.cure else "",
            inputs=finding.inputs,
        )
        for line_id, findings in found.items()
        for finding in findings
    )
    return run


def tally(findings: Iterable[tuple[Found, ...]]) -> dict[str, int]:
    """Count the outcomes over all vehicles."""
    outcomes = [finding.outcome for batch in findings for finding in batch]
    return {outcome.value: outcomes.count(outcome) for outcome in Outcome}


def youngest(case: Case, *, filed_on: date) -> int | None:
    """Return the days since registration of the batch's youngest vehicle."""
    dates = Line.objects.filter(application=case.application_id).values_list(
        "vehicle__registered_on", flat=True
    )
    return min(((filed_on - day).days for day in dates if day), default=None)
