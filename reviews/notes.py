"""Notes of the office: written once, corrected by a later one, told to whoever is named in them."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import Final

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from exports import ledger
from exports.errors import Moved, ReasonNeeded
from exports.identifiers import spellings
from exports.models import Exporter, ManufacturerName, User
from reviews.models import Case, Mention, Note
from reviews.reach import (
    Subject,
    check_can_correct,
    check_can_write_on,
    colleagues,
    exporters_within,
    makers_within,
)
from reviews.telling import tell_mentioned

MOST_SHOWN: Final = 20
MOST_NAMED: Final = 20
LONGEST_NAME: Final = 40
SECONDS_KEPT: Final = 60
MOST_COUNTED: Final = 100
# An address such as a@b.cn names nobody: the sign must not follow a letter or a digit.
AT_SIGN: Final = re.compile(r"(?<![A-Za-z0-9.])@")


@transaction.atomic
def write(
    subject: Subject,
    *,
    by: User,
    at: datetime,
    note: str,
    tell: Iterable[User] = (),
    corrects: Note | None = None,
) -> Note:
    """Keep *note* on a case, or pinned on an exporter or maker, and mention it to colleagues.

    Mentioned are those of *tell* and those whose name follows an ``@`` in the text, as far as they
    may see *subject*; whoever bears a name twice given is told, too. Each gets one notice, which
    says where the note stands, not its words; a correction does not call the same person again.

    Raises:
        RoleMissing, NotAllowed: role, jurisdiction, or somebody else's note to correct.
        ReasonNeeded: there are no words.
        Moved: the note to correct was corrected meanwhile.
    """
    check_can_write_on(by, subject)
    text = note.strip()
    if not text:
        raise ReasonNeeded(what=Note._meta.get_field("text").verbose_name)
    if corrects is not None:
        check_can_correct(by, corrects)
    office = by.office
    assert office is not None  # the role says so
    kept = stored(
        Note(author=by, office=office, written_at=at, text=text, corrects=corrects, **on(subject))
    )
    told = mention(kept, subject, tell=tell, by=by)
    tell_mentioned(kept, unless_told_before(told, corrects), at=at)
    after = {
        "note": kept.pk,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "mentions": sorted(person.name for person in told),
    }
    before = {"note": corrects.pk} if corrects else {}
    action = "note.corrected" if corrects else "note.written"
    ledger.record(action, key_of(subject), by=by, at=at, before=before, after=after)
    return kept


def stored(note: Note) -> Note:
    """Store *note*; of two that correct the same one the second is told.

    Raises:
        Moved: the note was corrected meanwhile.
    """
    try:
        with transaction.atomic():
            note.save(force_insert=True)
    except IntegrityError as corrected:
        raise Moved(subject=note.corrects) from corrected
    return note


def on(subject: Subject) -> dict[str, Subject]:
    """Return the column of a note that points to *subject*."""
    return {str(subject._meta.model_name): subject}


def key_of(subject: Subject) -> tuple[str, str]:
    """Return how the ledger calls *subject*, whatever the language."""
    if isinstance(subject, Case):
        return "case", subject.reference
    if isinstance(subject, Exporter):
        return "exporter", subject.uscc
    return "manufacturer", subject.current_name


def mention(note: Note, subject: Subject, *, tell: Iterable[User], by: User) -> list[User]:
    """Let *note* stand in the list of those it names: two queries and one for each named."""
    chosen = Q(pk__in=[person.pk for person in tell]) | Q(pk__in=named_in(note.text, subject))
    people = list(colleagues(subject).filter(chosen).exclude(pk=by.pk)[:MOST_NAMED])
    Mention.objects.bulk_create(Mention(note=note, user=person) for person in people)
    for person in people:
        transaction.on_commit(partial(forget_unread, person))
    return people


def unless_told_before(people: Iterable[User], corrects: Note | None) -> list[User]:
    """Leave out whom the note that is corrected called already: one query, none without one."""
    told: set[int] = set()
    if corrects is not None:
        told = set(corrects.mentions.values_list("user", flat=True))
    return [person for person in people if person.pk not in told]


def named_in(text: str, subject: Subject) -> list[int]:
    """Return the ids of those whose name follows an ``@`` in *text*, the longest name that fits.

    Names hold spaces in one script and touch the next word in the other, so that only the list of
    colleagues tells where one ends. One query, none where nobody is named.
    """
    tails = [text[at.end() :] for at in AT_SIGN.finditer(text)][:MOST_NAMED]
    openings = {opening for tail in tails for opening in openings_of(tail)}
    if not openings:
        return []
    known: dict[str, list[int]] = {}
    for pk, name in colleagues(subject).filter(name__in=openings).values_list("pk", "name"):
        known.setdefault(name, []).append(pk)
    found = [max(known.keys() & set(openings_of(tail)), key=len, default="") for tail in tails]
    return [pk for name in found for pk in known.get(name, [])]


def openings_of(tail: str) -> Iterator[str]:
    """Yield what *tail* may begin with that could be a name."""
    line = tail[:LONGEST_NAME].splitlines()[0] if tail.strip() else ""
    for end in range(1, len(line) + 1):
        yield line[:end]


def beside(case: Case, *, makers: Iterable[str]) -> QuerySet[Note]:
    """Return what stands on *case*, its exporter and the *makers* by name: the newest twenty.

    A corrected note is left out, its correction tells of it.
    """
    names = [spelling for name in makers for spelling in spellings(name)]
    units = ManufacturerName.objects.filter(name__in=names).values("manufacturer")
    of_case = Note.objects.filter(case=case)
    of_exporter = Note.objects.filter(exporter=case.exporter_id)
    of_makers = Note.objects.filter(manufacturer__in=units)
    # Three short lists, each from its own index; an OR over them would read the whole table.
    ids = [part.order_by().values("pk") for part in (of_case, of_exporter, of_makers)]
    rows = Note.objects.filter(pk__in=ids[0].union(*ids[1:])).standing().with_words()
    return rows.select_related("exporter", "manufacturer")[:MOST_SHOWN]


def about(subject: Subject) -> list[Note]:
    """Return the newest notes on *subject* itself, corrected ones included: one query."""
    return list(Note.objects.filter(**on(subject)).with_words()[:MOST_SHOWN])


def mentions_of(user: User) -> QuerySet[Mention]:
    """Return what *user* was named in, as far as they still may see what it is about."""
    cases, exporters = Case.objects.visible_to(user), exporters_within(user)
    seen = (
        Q(note__case__in=cases)
        | Q(note__exporter__in=exporters)
        | Q(note__manufacturer__in=makers_within(user))
    )
    brought = ("note__author", "note__case", "note__exporter", "note__manufacturer")
    return Mention.objects.filter(seen, user=user).select_related(*brought)


def mark_read(user: User, *, upto: int, at: datetime) -> int:
    """Note that *user* has read the mentions up to the one of id *upto*; return how many."""
    unread = Mention.objects.filter(user=user, read_at__isnull=True, pk__lte=upto)
    count = unread.update(read_at=at)
    forget_unread(user)
    return count


def mark_seen(case: Case, *, by: User, at: datetime) -> None:
    """Note that *by* has read the notes of *case*: its page shows them."""
    if Mention.objects.filter(user=by, note__case=case, read_at__isnull=True).update(read_at=at):
        forget_unread(by)


def unread_by(user: User) -> QuerySet[Mention]:
    """Narrow to what *user* has not read, at most a hundred."""
    return Mention.objects.filter(user=user, read_at__isnull=True)[:MOST_COUNTED]


def unread(user: User) -> int:
    """Return how many mentions *user* has not read, up to a hundred, up to a minute old."""
    count: int | None = cache.get(unread_key(user.pk))
    if count is None:
        count = unread_by(user).count()
        know_unread(user, count)
    return count


def know_unread(user: User, count: int) -> None:
    """Keep a tally of *user* that came along with something else."""
    cache.set(unread_key(user.pk), count, SECONDS_KEPT)


def forget_unread(user: User) -> None:
    """Let the tally of *user* be counted anew."""
    cache.delete(unread_key(user.pk))


def unread_key(pk: int) -> str:
    """Return where the tally of a person is kept."""
    return f"mentions:{pk}"
