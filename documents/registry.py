"""The registry's answers: recorded as they come, never edited."""

from datetime import datetime
from typing import Any

from django.db import transaction

from documents.models import RegistryAnswer
from exports import ledger
from exports.identifiers import canonical_vin
from exports.models import Role, User
from exports.policies import check_role


@transaction.atomic
def record_answer(
    vin: str, *, by: User | None, at: datetime, source: str, **answer: Any
) -> RegistryAnswer:
    """Keep what the registry said about *vin*; *by* is ``None`` when the registry itself sent it.

    Raises:
        RoleMissing: *by* may not speak for the registry.

    """
    if by is not None:
        check_role(by, Role.REVIEWER, Role.SENIOR, Role.SUPERVISOR)
    recorded = RegistryAnswer.objects.create(
        vin=canonical_vin(vin), answered_at=at, source=source, recorded_by=by, **answer
    )
    ledger.record("registry.answered", ("vehicle", recorded.vin), by=by, at=at, after=answer)
    return recorded
