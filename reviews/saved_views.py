"""Lists kept under a name: one's own, and those a supervisor shares with the office.

What a person keeps for themselves is no act of the office; sharing it is, and is on the ledger.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db import IntegrityError, transaction

from exports import ledger
from exports.errors import Incomplete, NotAllowed, TooManyViews, ViewKept
from exports.models import Role, User
from exports.policies import check_role
from reviews.models import SavedView

SECONDS_KEPT: Final = 60
MOST: Final = 30
MOST_SHOWN: Final = 60


@dataclass(frozen=True)
class Kept:
    """A saved view as a tab shows it."""

    pk: int
    name: str
    query: str
    pinned: bool
    own: bool
    shared: bool


def views_of(user: User) -> list[Kept]:
    """Return the views open to *user*, by name: one query, what others share up to a minute old."""
    found: list[Kept] | None = cache.get(key_of(user))
    if found is None:
        found = [
            Kept(view.pk, view.name, view.query, view.pinned, view.owner_id == user.pk, shared)
            for view in SavedView.objects.open_to(user)[:MOST_SHOWN]
            for shared in [view.shared_with_id is not None]
        ]
        cache.set(key_of(user), found, SECONDS_KEPT)
    return found


def key_of(user: User) -> str:
    """Return where the views open to *user* are kept."""
    return f"views:{user.pk}"


def save(*, name: str, query: str, by: User, at: datetime) -> SavedView:
    """Keep the list at *query* under *name*, shown as a tab.

    Raises:
        Incomplete: without a name.
        ViewKept: *by* keeps another one under this name.
        TooManyViews: they keep thirty already.
    """
    named = checked(name)
    if SavedView.objects.filter(owner=by).count() >= MOST:
        raise TooManyViews(most=MOST)
    try:
        with transaction.atomic():
            view = SavedView.objects.create(owner=by, name=named, query=query, made_at=at)
    except IntegrityError as taken:
        raise ViewKept(name=named) from taken
    cache.delete(key_of(by))
    return view


def rename(view: SavedView, *, name: str, by: User) -> None:
    """Call *view* otherwise.

    Raises:
        NotAllowed: it is another person's.
        Incomplete, ViewKept: see :func:`save`.
    """
    check_owns(by, view)
    named = checked(name)
    try:
        with transaction.atomic():
            SavedView.objects.filter(pk=view.pk).update(name=named)
    except IntegrityError as taken:
        raise ViewKept(name=named) from taken
    cache.delete(key_of(by))


def pin(view: SavedView, *, shown: bool, by: User) -> None:
    """Show *view* as a tab, or no more.

    Raises:
        NotAllowed: it is another person's.
    """
    check_owns(by, view)
    SavedView.objects.filter(pk=view.pk).update(pinned=shown)
    cache.delete(key_of(by))


@transaction.atomic
def share(view: SavedView, *, by: User, at: datetime) -> None:
    """Let everybody of the supervisor's office see *view*.

    Raises:
        NotAllowed, RoleMissing: it is another person's, or *by* is no supervisor.
    """
    check_can_share(by, view)
    office = by.office
    assert office is not None  # a supervisor acts for an office
    SavedView.objects.filter(pk=view.pk).update(shared_with=office)
    after = {"view": view.name, "address": view.query}
    ledger.record("office.view_shared", ("office", office.code), by=by, at=at, after=after)
    cache.delete(key_of(by))


@transaction.atomic
def unshare(view: SavedView, *, by: User, at: datetime) -> None:
    """Keep *view* to oneself again.

    Raises:
        NotAllowed, RoleMissing: see :func:`share`.
    """
    check_can_share(by, view)
    if view.shared_with is None:
        return
    SavedView.objects.filter(pk=view.pk).update(shared_with=None)
    note_unshared(view, by=by, at=at)
    cache.delete(key_of(by))


def note_unshared(view: SavedView, *, by: User, at: datetime) -> None:
    """Tell the ledger that *view* is no longer shared."""
    assert view.shared_with is not None  # the callers ask first
    before = {"view": view.name, "address": view.query}
    office = ("office", view.shared_with.code)
    ledger.record("office.view_unshared", office, by=by, at=at, before=before)


@transaction.atomic
def delete(view: SavedView, *, by: User, at: datetime) -> None:
    """Forget *view*; what was shared is no longer.

    Raises:
        NotAllowed: it is another person's.
    """
    check_owns(by, view)
    if view.shared_with is not None:
        note_unshared(view, by=by, at=at)
    SavedView.objects.filter(pk=view.pk).delete()
    cache.delete(key_of(by))


def checked(name: str) -> str:
    """Return *name* as it is kept.

    Raises:
        Incomplete: nothing is left of it.
    """
    field = SavedView._meta.get_field("name")
    named = " ".join(name.split())[: field.max_length]
    if not named or not named.isprintable():
        raise Incomplete(missing=str(field.verbose_name))
    return named


def check_owns(user: User, view: SavedView) -> None:
    """Refuse whoever did not save *view*.

    Raises:
        NotAllowed: another person did.
    """
    if view.owner_id != user.pk:
        raise NotAllowed()


def check_can_share(user: User, view: SavedView) -> None:
    """Refuse unless *user* may share *view* with their office.

    Raises:
        NotAllowed, RoleMissing: it is another person's, or they are no supervisor.
    """
    check_owns(user, view)
    check_role(user, Role.SUPERVISOR)
