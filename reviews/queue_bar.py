"""What the queue offers to do: the next case at its head, acts on many at its foot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.models import Role, User
from reviews import claims
from reviews.policies import DECIDERS, SIGNERS
from reviews.queue_address import Address
from reviews.worked_list import can_be_worked_off

SIGNATURES: Final = "signature"


@dataclass(frozen=True)
class Start:
    """The head of the queue: the case to go on with, and the list the next one comes from.

    ``query`` is empty where it comes from all there is.
    """

    going_on: str = ""
    query: str = ""
    name: str = ""
    first: bool = True

    @property
    def starts(self) -> bool:
        """Tell whether another case is offered beside the one to go on with."""
        return bool(self.query) or not self.going_on


def start_of(address: Address, *, user: User, at: datetime, filled: bool) -> Start:
    """Return what *user* can begin with at a list, *filled* or not: one query.

    What is in one's hands comes before anything new, but not before a signature one looks for.
    """
    going_on = claims.in_hand(user, at=at)
    if not filled or not can_be_worked_off(address, user=user):
        return Start(going_on, first=not going_on)
    first = not going_on or address.view == SIGNATURES
    return Start(going_on, address.query(), address.name, first=first)


@dataclass(frozen=True)
class ManyAct:
    """An act on the selected cases, its key and who has it."""

    label: Promise
    key: str
    roles: tuple[Role, ...] = DECIDERS


MANY: Final[Mapping[str, ManyAct]] = {
    "claim": ManyAct(_("Claim"), "l"),
    "release": ManyAct(_("Release"), "u"),
    "assign": ManyAct(_("Assign"), "t", (Role.SUPERVISOR,)),
    "request": ManyAct(_("Ask"), "i"),
    "put-off": ManyAct(_("Put off"), "s"),
    "escalate": ManyAct(_("Escalate"), "e"),
    "sign": ManyAct(_("Sign"), "a", SIGNERS),
}
WORK: Final = ("claim", "release", "assign", "request", "put-off", "escalate")
# What can be done in a list that holds one kind of case; in any other, everything.
OF_VIEW: Final[Mapping[str, tuple[str, ...]]] = {
    "mine": WORK[1:],
    "mismatches": WORK,
    "signature": ("sign",),
    "answered": WORK,
    "clean": WORK,
    "escalated": WORK[:-1],
    "later": ("release", "assign", "request", "escalate"),
    "decided": (),
}


def many_of(address: Address, *, user: User) -> dict[str, ManyAct]:
    """Return the acts on many that can be done in a list by somebody of *user*'s role."""
    names = OF_VIEW.get(address.view, tuple(MANY))
    return {name: MANY[name] for name in names if user.role in MANY[name].roles}
