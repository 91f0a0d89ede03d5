"""Confirm a bulk act: the cases are frozen into a job, and the job is kicked."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from exports import ledger
from exports.errors import NotAllowed, NotInBulk
from exports.kicks import kick_after_commit
from exports.models import User
from exports.policies import check_role
from reviews.bulk.repertoire import REPERTOIRE
from reviews.bulk.tasks import bulk_run
from reviews.models import MOST_CASES, BulkItem, BulkJob, Case
from reviews.policies import DECIDERS

FROZEN: Final = re.compile(r"([0-9]{1,18}):([0-9]{1,9})", re.ASCII)


def thaw(text: str) -> dict[int, int]:
    """Return the cases a form carried, each with the version seen; at most 500, in order."""
    pairs = [FROZEN.fullmatch(part) for part in text.split()[:MOST_CASES]]
    return {int(pair[1]): int(pair[2]) for pair in pairs if pair}


@transaction.atomic
def confirm(
    act: str,
    frozen: Mapping[int, int],
    *,
    arguments: Mapping[str, Any],
    token: UUID,
    by: User,
    at: datetime,
) -> BulkJob:
    """Order *act* for the cases in *frozen*, keyed by id, at the version *by* saw of each.

    Confirming the same preview twice gives the same job. Whether each case may be acted on is
    asked when its turn comes.

    Raises:
        NotInBulk: no such act is done in bulk; a refusal or an issue never is.
        RoleMissing: *by* does not decide cases.
        NotAllowed: *by* acts for no office, or sees none of the cases.
    """
    if act not in REPERTOIRE:
        raise NotInBulk()
    check_role(by, *DECIDERS)
    seen = Case.objects.visible_to(by).filter(pk__in=list(frozen)[:MOST_CASES])
    known = set(seen.values_list("pk", flat=True))
    if by.office is None or not known:
        raise NotAllowed()
    job, new = BulkJob.objects.get_or_create(
        by=by,
        token=token,
        defaults={"office": by.office, "act": act, "arguments": dict(arguments), "made_at": at},
    )
    if new:
        BulkItem.objects.bulk_create(
            BulkItem(job=job, case_id=pk, version=version)
            for pk, version in frozen.items()
            if pk in known
        )
        after = {"act": act, "cases": len(known), "arguments": dict(arguments)}
        ledger.record("bulk.ordered", ("bulk", str(job.pk)), by=by, at=at, after=after)
        kick_after_commit(bulk_run, job_id=job.pk)
    return job
