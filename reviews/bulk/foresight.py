"""What would come of a bulk act, case by case, by the same policies; nothing is changed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext

from exports.errors import ClaimedByAnother, DomainError, TooManyClaims, plain
from exports.models import User
from reviews.bulk.repertoire import BulkAct
from reviews.models import MOST_CASES, Case
from reviews.models.cases import CaseQuerySet
from reviews.policies import CHECKS, check_may_claim, claims_of
from reviews.states import Status
from reviews.thresholds import threshold


@dataclass
class Group:
    """Cases with one outcome; ``why_not`` is empty for those it would be done to."""

    why_not: str
    cases: list[Case] = field(default_factory=list)


@dataclass(frozen=True)
class Foresight:
    """The chosen cases in the order in which they would be taken, and what would come of them."""

    chosen: list[Case]
    ready: Group
    refused: list[Group]
    more: bool

    @property
    def left(self) -> int:
        """Return how many of the chosen stay as they are."""
        return len(self.chosen) - len(self.ready.cases)

    @property
    def frozen(self) -> str:
        """Return every chosen case with the version seen, for the form to carry."""
        return " ".join(f"{case.pk}:{case.version}" for case in self.chosen)


def look_ahead(act: BulkAct, cases: CaseQuerySet, *, user: User) -> Foresight:
    """Judge the first 500 of *cases*, in their order, as the run will: at most five queries.

    ``more`` tells that there were others, which are left out.
    """
    rows = cases.select_related("office", "assignee").prefetch_related("decisions")
    found = list(rows[: MOST_CASES + 1])
    chosen = found[:MOST_CASES]
    groups: dict[str, Group] = {"": Group("")}
    for case, refusal in zip(chosen, refusals(act, chosen, user=user), strict=True):
        why_not = sentence(refusal.text, refusal.facts, reader=user) if refusal else ""
        groups.setdefault(why_not, Group(why_not)).cases.append(case)
    ready = groups.pop("")
    refused = sorted(groups.values(), key=lambda group: -len(group.cases))
    return Foresight(chosen, ready, refused, more=len(found) > MOST_CASES)


def refusals(act: BulkAct, cases: Sequence[Case], *, user: User) -> list[DomainError | None]:
    """Return for each case in turn why it would be refused, ``None`` if it would not."""
    if act.act.policy != "claim":
        check = CHECKS[act.act.policy]
        return [refusal_of(check, user, case) for case in cases]
    # How many one may claim is counted once here: each claim of the run takes a place.
    return list(filled_up(cases, user=user))


def filled_up(cases: Iterable[Case], *, user: User) -> Iterable[DomainError | None]:
    """Yield the refusals of claims made one after the other."""
    places = threshold("claims.most") - claims_of(user)
    for case in cases:
        refusal = refusal_of(check_may_claim, user, case)
        if refusal is None and places <= 0:
            refusal = TooManyClaims(most=threshold("claims.most"))
        if refusal is None and case.state == Status.IN_REVIEW:
            places -= 1
        yield refusal


def refusal_of(check: Callable[[User, Case], None], user: User, case: Case) -> DomainError | None:
    """Return the refusal of *check*, if it refuses."""
    try:
        check(user, case)
    except DomainError as refusal:
        return refusal
    return None


def sentence(text: str, facts: dict[str, object], *, reader: User) -> str:
    """Return a refusal in the reader's language, the case unnamed, so that like goes with like.

    Nobody is told of themselves by name.
    """
    if text == ClaimedByAnother.text and str(facts.get("person")) == str(reader):
        return gettext("The case is in your hands already.")
    named = {name: plain(value) for name, value in facts.items()}
    return gettext(text) % {**named, "subject": gettext("The case")}
