"""Who is told what about requests and confirmations. Called inside the transaction of the act."""

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse

from documents.models import Confirmation, ConfirmationRequest
from exports import notices
from exports.kicks import kick_each_after_commit
from exports.models import Exporter, Manufacturer, Membership, Role, User
from exports.tasks import deliver_notice


def officers_of(manufacturer: Manufacturer) -> list[User]:
    """Return the people who act for *manufacturer* here: one query."""
    rows = Membership.objects.at(manufacturer).filter(role=Role.OFFICER).select_related("user")
    return [row.user for row in rows]


def writers_of(exporter: Exporter) -> list[User]:
    """Return the owners and clerks of *exporter*: one query."""
    rows = Membership.objects.at(exporter).filter(role__in=[Role.OWNER, Role.CLERK])
    return [row.user for row in rows.select_related("user")]


def tell_maker(request: ConfirmationRequest, template: str, *, at: datetime) -> None:
    """Tell the manufacturer's officers of *request*."""
    tell(
        template,
        to=officers_of(request.manufacturer),
        facts={
            "number": request.pk,
            "exporter": str(request.exporter),
            "country": str(request.destination),
        },
        path=reverse("portal:maker_request", args=[request.pk]),
        effect_key=f"{template}:{request.pk}",
        at=at,
    )


def tell_asker(
    request: ConfirmationRequest, template: str, *, at: datetime, **facts: object
) -> None:
    """Tell the exporter what the manufacturer answered to *request*."""
    tell(
        template,
        to=writers_of(request.exporter),
        facts={"number": request.pk, "manufacturer": str(request.manufacturer), **facts},
        path=reverse("portal:asked", args=[request.pk]),
        effect_key=f"{template}:{request.pk}:{at.isoformat()}",
        at=at,
    )


def tell_holder(
    confirmation: Confirmation, template: str, *, at: datetime, **facts: object
) -> None:
    """Tell the exporter that *confirmation* was attested, amended, revoked or disowned."""
    tell(
        template,
        to=writers_of(confirmation.exporter),
        facts={
            "letter": str(confirmation),
            "manufacturer": confirmation.issuer_name,
            **facts,
        },
        path=page_for_exporter(confirmation),
        effect_key=f"{template}:{confirmation.pk}:{at.isoformat()}",
        at=at,
    )


def page_for_exporter(confirmation: Confirmation) -> str:
    """Return the address of the exporter's page about *confirmation*."""
    if confirmation.document:
        return reverse("portal:letter", args=[confirmation.document.key])
    return reverse("portal:attested", args=[confirmation.pk])


def tell(
    template: str,
    *,
    to: Iterable[User],
    facts: dict[str, object],
    path: str,
    effect_key: str,
    at: datetime,
) -> None:
    """Queue one notice a person and kick its delivery."""
    queued = notices.queue(
        f"documents/{template}", to=to, facts=facts, path=path, effect_key=effect_key, at=at
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)
