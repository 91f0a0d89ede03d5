"""How far each person has seen a case, and from where on what happened is new to them."""

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import F

from exports.models import Head, User
from reviews.models import Case, CheckRun, Look

# A page opened again within this time belongs to the same visit.
VISIT: Final = timedelta(minutes=30)


def base_of(look: Look | None, *, at: datetime) -> tuple[int, int | None] | None:
    """Return the event and the run after which everything is new; nothing on a first visit."""
    if look is None:
        return None
    if at - look.at <= VISIT:
        return look.since_seq, look.since_run_id
    return look.seq, look.run_id


@transaction.atomic
def remember(case: Case, *, by: User, at: datetime, seq: int, run: int | None) -> None:
    """Note that *by*'s page of *case* showed the events up to *seq* and the checks of *run*.

    What a page claims to have shown is no more than there is. A look only ever moves on, and it
    stays out of the ledger: it decides nothing.
    """
    shown = min(seq, Head.objects.values_list("seq", flat=True).get(pk=1))
    own = CheckRun.objects.filter(case=case, pk=run or 0)
    known = own.values_list("pk", flat=True).first()
    first = {"at": at, "seq": shown, "run_id": known, "since_seq": shown, "since_run_id": known}
    look, is_first = Look.objects.get_or_create(case=case, user=by, defaults=first)
    if is_first:
        return
    mine = Look.objects.filter(pk=look.pk)
    if at - look.at > VISIT:
        mine.update(since_seq=F("seq"), since_run=F("run"))
    mine.update(at=at)
    mine.filter(seq__lte=shown).update(seq=shown, run=known)
