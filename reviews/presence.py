"""Who has which case open at this moment. Kept in the cache alone: it decides nothing."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.core.cache import cache
from django.utils.translation import gettext as _

from exports.models import Event, User
from reviews.models import Case

EVERY: Final = timedelta(seconds=15)
# Two beats may be lost before a person counts as gone.
GONE_AFTER: Final = 3 * EVERY


Seat = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who has the case open; ``writing`` once something stands in one of its forms."""

    name: str
    writing: bool

    @property
    def sentence(self) -> str:
        """Say it in the active language."""
        words = _("%(person)s is writing") if self.writing else _("%(person)s is viewing")
        return words % {"person": self.name}


def show(case: Case, *, by: User, at: datetime, writing: bool) -> list[Viewer]:
    """Note that *by* has *case* open, and return who else has: two calls of the cache.

    Of two beats in the same instant one may be lost; the next one mends it.
    """
    here = present(cache.get(key_of(case.pk)), at=at)
    here[by.pk] = {"name": by.name, "writing": writing, "at": at}
    cache.set(key_of(case.pk), here, int(GONE_AFTER.total_seconds()))
    return others(here, but=by)


def has_changed(case: Case, *, since: int, but: User) -> bool:
    """Tell whether anybody but one did something to *case* after the event *since*: one query."""
    later = Event.objects.filter(subject="case", subject_key=case.reference, seq__gt=since)
    return later.exclude(actor_key=str(but.pk)).exists()


def viewers_of(case_ids: Iterable[int], *, but: User, at: datetime) -> dict[int, list[Viewer]]:
    """Return by case who has it open besides *but*; only cases somebody has: one call."""
    keys = {key_of(pk): pk for pk in case_ids}
    found = cache.get_many(list(keys))
    here = {keys[key]: others(present(kept, at=at), but=but) for key, kept in found.items()}
    return {pk: viewers for pk, viewers in here.items() if viewers}


def key_of(case_id: int) -> str:
    """Return where the people at a case are kept."""
    return f"presence:{case_id}"


def present(
    kept: Mapping[int, dict[str, Any]] | None, *, at: datetime
) -> dict[int, dict[str, Any]]:
    """Return who is still there at *at*, by id."""
    return {pk: each for pk, each in (kept or {}).items() if at - each["at"] < GONE_AFTER}


def others(here: Mapping[int, Seat], *, but: User) -> list[Viewer]:
    """Return everybody but one, whoever writes first."""
    rows = [Viewer(each["name"], each["writing"]) for pk, each in here.items() if pk != but.pk]
    return sorted(rows, key=lambda viewer: (not viewer.writing, viewer.name))
