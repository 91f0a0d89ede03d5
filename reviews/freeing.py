"""The day a vehicle needs no letter any more: its exporter is told, from the dates alone."""

from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse

from exports import notices
from exports.kicks import kick_each_after_commit
from exports.models import Exporter, Line, Membership, Notice, Vehicle
from exports.policies import WRITERS
from exports.rules import SHANGHAI, legal_day
from exports.showing import terms_on
from exports.tasks import deliver_notice
from reviews.telling import persons

CATCH_UP: Final = timedelta(days=7)
MOST: Final = 5_000
NAMED: Final = 20


def tell_freed(*, at: datetime) -> int:
    """Tell each exporter which vehicles became free of the letter in the last seven days.

    Computed from the dates (Asia/Shanghai), never from when this last ran: a run that is missed
    is made up for by the next, and one that is repeated tells nobody twice. Returns how many
    exporters were told of how many days.
    """
    today = legal_day(at)
    days = (today - timedelta(days=back) for back in range(CATCH_UP.days, -1, -1))
    return sum(tell_of(day, at=at) for day in days)


def tell_of(day: date, *, at: datetime) -> int:
    """Tell the exporters whose vehicles became free on *day* and who were not told; how many."""
    keys = Notice.objects.filter(effect_key__startswith=f"freed:{day}:")
    told = {int(key.split(":")[2]) for key in keys.values_list("effect_key", flat=True)}
    waiting = freed_on(day).exclude(exporter__in=told).order_by("exporter")
    owners = waiting.values_list("exporter", flat=True).distinct()[:MOST]
    exporters = list(Exporter.objects.filter(pk__in=list(owners)))
    for exporter in exporters:
        tell(exporter, day=day, at=at)
    return len(exporters)


def freed_on(day: date) -> QuerySet[Vehicle]:
    """Return the vehicles that waited in a fleet for *day* and need no letter from then on.

    What an application or a licence holds is left out: the day of its filing counts, and that is
    past. So is what came into the fleet on the day or later: its exporter read it then.
    """
    terms = terms_on(day)
    if terms is None:
        return Vehicle.objects.none()
    held = Line.objects.filter(vin=OuterRef("vin"), live=True)
    began = datetime.combine(day, datetime.min.time(), tzinfo=SHANGHAI)
    return Vehicle.objects.filter(~Exists(held), registered_on=day - terms.wait, added_at__lt=began)


@transaction.atomic
def tell(exporter: Exporter, *, day: date, at: datetime) -> None:
    """Queue one notice for each who acts for *exporter*; the link shows the vehicles of *day*."""
    people = Membership.objects.at(exporter).filter(role__in=WRITERS).select_related("user")
    freed = freed_on(day).filter(exporter=exporter)
    vins = list(freed.order_by("vin").values_list("vin", flat=True)[: NAMED + 1])
    count = len(vins) if len(vins) <= NAMED else freed.count()
    queued = notices.queue(
        "reviews/freed",
        to=persons(people),
        facts={"day": day, "count": count, "vins": vins[:NAMED], "more": max(count - NAMED, 0)},
        path=f"{reverse('portal:vehicles')}?free_on={day}",
        effect_key=f"freed:{day}:{exporter.pk}",
        at=at,
    )
    kick_each_after_commit(deliver_notice, name="notice_id", values=queued)
