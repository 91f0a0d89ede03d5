"""The address of a list: its query string is the whole of what is shown, and can be kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from django.db.models import Q
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.errors import FilterUnknown
from exports.models import User
from exports.wording import explain
from reviews import queues
from reviews.desk_filters import TERMS, Asking, narrowed
from reviews.models.cases import CaseQuerySet
from reviews.states import FINAL, Status

BESIDE: Final = frozenset({"q", "lang", "after", "before", "filters", "columns", "since", "ids"})
EVERYTHING: Final = "all"
CLOSED: Final = "decided"
LONGEST_VALUE: Final = 120


@dataclass(frozen=True)
class Address:
    """One list: a view, how far ahead it looks, its order, and what it is narrowed by.

    ``unknown`` are the names of the address that are no filter (any more).
    """

    view: str = queues.FIRST_VIEW
    everything: bool = False
    sort: str = "due"
    terms: tuple[tuple[str, str], ...] = ()
    unknown: tuple[str, ...] = ()

    @classmethod
    def read(cls, asked: QueryDict, *, first_view: str = queues.FIRST_VIEW) -> "Address":
        """Return the list an address names; what it does not say is as it ships."""
        view, sort = asked.get("view", ""), asked.get("sort", "")
        given = {name: asked.get(name, "").strip()[:LONGEST_VALUE] for name in TERMS}
        own = {"view", "horizon", "sort"}
        return cls(
            view=view if view in queues.LISTS else first_view,
            everything=asked.get("horizon") == EVERYTHING,
            sort=sort if sort in queues.ORDERS else "due",
            terms=tuple((name, value) for name, value in given.items() if value),
            unknown=tuple(name for name in asked if name not in {*TERMS, *BESIDE, *own}),
        )

    @classmethod
    def of_search(cls, terms: Mapping[str, str]) -> "Address":
        """Return the list a search asks for: all there is, unless it names a view."""
        wanted = tuple((name, terms[name]) for name in TERMS if name in terms)
        view = terms.get("view", home_of(terms.get("status", "")))
        return cls(view=view, everything="view" not in terms, terms=wanted)

    def query(self) -> str:
        """Return the query string, always the same for the same list."""
        pairs = [("view", self.view), *self.terms]
        if self.everything:
            pairs.append(("horizon", EVERYTHING))
        if self.sort != "due":
            pairs.append(("sort", self.sort))
        return "&".join(f"{name}={quote(value, safe=':=')}" for name, value in pairs)

    def without(self, name: str) -> "Address":
        """Return the list with one filter taken off."""
        return replace(self, terms=tuple(pair for pair in self.terms if pair[0] != name))

    @property
    def bare_url(self) -> str:
        """Return the view without filters."""
        return f"?{replace(self, terms=()).query()}"

    @property
    def all_url(self) -> str:
        """Return the list with what is not due yet."""
        return f"?{replace(self, everything=True).query()}"

    @property
    def soon_url(self) -> str:
        """Return the list of only what is due soon."""
        return f"?{replace(self, everything=False).query()}"

    @property
    def by_due_url(self) -> str:
        """Return the list in order of due time."""
        return f"?{replace(self, sort='due').query()}"

    @property
    def by_risk_url(self) -> str:
        """Return the list with the highest risk first."""
        return f"?{replace(self, sort='risk').query()}"

    @property
    def order(self) -> tuple[str, ...]:
        """Return the order of the rows; what is decided has one order, which has an index."""
        own = queues.LISTS[self.view].order
        return queues.ORDERS[self.sort] if own == queues.BY_DUE else own

    @property
    def is_closed(self) -> bool:
        """Tell whether the list holds closed cases alone, to which nothing can be done."""
        return self.view == CLOSED

    @property
    def name(self) -> str:
        """Return what the list is called, with a word where filters narrow it."""
        label = str(queues.LISTS[self.view].label)
        return _("%(view)s, filtered") % {"view": label} if self.terms else label

    @property
    def is_whole(self) -> bool:
        """Tell whether nothing narrows the view, so that its tally counts this very list."""
        return not self.terms

    def cases(self, whole: CaseQuerySet, *, user: User, at: datetime) -> CaseQuerySet:
        """Narrow *whole* to the view, before any filter."""
        view = queues.LISTS[self.view]
        cases = view.narrow(whole, user, at)
        if view.ahead and not self.everything:
            return queues.soon(cases, queues.horizon(at, user=user))
        return cases

    def wanted(self, *, user: User, at: datetime) -> tuple[list[Q], list[str]]:
        """Return what the filters ask for, and a sentence for each that was left out."""
        found: list[Q] = []
        problems = [unknown_name(name) for name in self.unknown]
        for name, value in self.terms:
            try:
                found.append(narrowed(name, value, Asking(user, at)))
            except FilterUnknown as refusal:
                problems.append(explain(refusal))
        return found, problems


def home_of(status: str) -> str:
    """Return the view in which cases of *status* stand."""
    if status == Status.HELD:
        return "signature"
    return CLOSED if status in FINAL else "all"


def unknown_name(name: str) -> str:
    """Return the sentence for a filter there is none of."""
    facts = {"name": name, "possible": ", ".join([*TERMS, "view"])}
    return _("“%(name)s” is no filter. Possible are: %(possible)s.") % facts
