"""What is new on a case: since one's own last look, or since the page one still has open."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, OuterRef, Q, Subquery

from exports.models import Event, User
from exports.together import together
from exports.wording import say
from reviews import history, looks, notes
from reviews.casefile import Asked, CaseFile
from reviews.checks import CHECKS
from reviews.comparison import Part, marked
from reviews.models import Finding, Look, Note

# What the exporter did, and what is told in a list of its own; reading a paper is no news.
SILENT: Final = frozenset(
    {"document.downloaded", "licence.downloaded", "case.checked", "case.rechecked"}
)
MOST_SHIFTS: Final = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One field that was corrected; the characters that differ are marked."""

    about: str
    field: str
    before: list[Part]
    after: list[Part]


@dataclass(frozen=True, slots=True)
class Shift:
    """A check that came to something else than in the run the person saw."""

    vin: str
    title: str
    was: str
    outcome: str
    sentence: str


@dataclass(frozen=True)
class News:
    """What one person does not know yet; ``since`` is when they last looked."""

    since: datetime | None
    changes: list[Change]
    answers: list[Asked]
    shifts: list[Shift]
    acts: list[history.Item]

    def __bool__(self) -> bool:
        return bool(self.changes or self.answers or self.shifts or self.acts)


@dataclass(frozen=True)
class Beside:
    """What one person's page of a case shows beside the case itself."""

    news: News | None
    notes: list[Note]


def beside(file: CaseFile, *, user: User, at: datetime) -> Beside:
    """Return what is new to *user* and the notes that stand there: one query.

    One more where the checks have run since *user* last looked. The tally of their mentions comes
    along, so that the page's head need not ask.
    """
    makers = {tile.line.vehicle.maker_name for tile in file.tiles}
    seen, standing, unread = together(
        Look.objects.filter(case=file.case, user=user),
        notes.beside(file.case, makers=makers),
        notes.unread_by(user).values_list("pk", flat=True),
    )
    notes.know_unread(user, len(unread))
    look = seen[0] if seen else None
    told = since_last_look(file, look=look, user=user, at=at)
    return Beside(news=told, notes=standing)


def since_last_look(file: CaseFile, *, look: Look | None, user: User, at: datetime) -> News | None:
    """Return what happened on the case since *user* last saw it; nothing on a first visit."""
    base = looks.base_of(look, at=at)
    if look is None or base is None:
        return None
    return news_after(file, seq=base[0], run=base[1], user=user, since=look.at)


def since_page(file: CaseFile, *, seq: int, user: User) -> News:
    """Return what others did to the case after event *seq*, the last a page showed: no query."""
    run = file.run.pk if file.run else None
    return news_after(file, seq=seq, run=run, user=user, since=None)


def news_after(
    file: CaseFile, *, seq: int, run: int | None, user: User, since: datetime | None
) -> News:
    """Return what others did after event *seq*, and what came of it against *run*."""
    told = [item for item in file.timeline if item.event.seq > seq]
    fresh = [item for item in told if item.event.actor_key != str(user.pk)]
    answered = {item.when for item in fresh if item.event.action == "case.checking"}
    return News(
        since=since,
        changes=[change for item in fresh for change in changes_of(item.event)],
        answers=[asked for asked in file.items if asked.item.request.answered_at in answered],
        shifts=shifts(file, run),
        acts=[item for item in fresh if item.event.action not in SILENT | history.CORRECTIONS],
    )


def changes_of(event: Event) -> Iterable[Change]:
    """Yield each field a correction changed."""
    if event.action not in history.CORRECTIONS:
        return
    about = event.subject_key if event.subject == "vehicle" else ""
    for name, value in event.after.items():
        was, now = history.shown(event.before.get(name)), history.shown(value)
        yield Change(
            about=about,
            field=history.label_of(name),
            before=marked(was, against=now),
            after=marked(now, against=was),
        )


def shifts(file: CaseFile, run: int | None) -> list[Shift]:
    """Return the checks whose outcome differs between *run* and the newest: at most one query."""
    if file.run is None or run is None or run == file.run.pk:
        return []
    same = Finding.objects.filter(run=run, line=OuterRef("line"), check_id=OuterRef("check_id"))
    rows = (
        Finding.objects.filter(run=file.run)
        .annotate(was=Subquery(same.values("outcome")[:1]))
        .filter(Q(was__isnull=True) | ~Q(was=F("outcome")))
        .select_related("line")
    )
    return [shift_of(finding) for finding in rows[:MOST_SHIFTS]]


def shift_of(finding: Finding) -> Shift:
    """Return one check that changed its mind; ``was`` is empty where it is asked anew."""
    check = CHECKS.get(finding.check_id)
    return Shift(
        vin=finding.line.vin,
        title=f"{finding.check_id} · {say(check.title)}" if check else finding.check_id,
        was=getattr(finding, "was", None) or "",
        outcome=finding.outcome,
        sentence=say(finding.sentence),
    )
