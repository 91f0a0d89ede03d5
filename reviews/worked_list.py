"""The list somebody works off: carried from the queue through one case after another."""

from typing import Final

from django.http import QueryDict
from django.utils import timezone

from exports.http import SignedInRequest
from exports.models import User
from reviews import claims
from reviews.models import Case
from reviews.models.cases import CaseQuerySet
from reviews.queue_address import Address

KEPT: Final = "worked_list"
LONGEST: Final = 2000
# Whatever is in them, nobody is handed a case of these lists.
NEVER: Final = ("later", "decided")
OF_SENIORS: Final = ("signature", "escalated")
# Unfiltered, these hold what everybody is handed anyway.
EVERYBODYS: Final = ("mine", "all", "every")


def can_be_worked_off(address: Address, *, user: User) -> bool:
    """Tell whether the cases of a list may come to *user* one after the other.

    What is due today comes first without being asked for; a senior's list of it holds signatures.
    """
    if address.view in NEVER:
        return False
    if address.view in OF_SENIORS:
        return claims.signs(user)
    if address.view in EVERYBODYS:
        return bool(address.terms)
    return address.view != "today" or bool(address.terms) or claims.signs(user)


def take_along(request: SignedInRequest) -> None:
    """Keep the list the form was sent from as the one worked off; forget it where there is none."""
    request.session.pop(KEPT, None)
    query = request.POST.get("list", "")[:LONGEST]
    if query and can_be_worked_off(Address.read(QueryDict(query)), user=request.user):
        request.session[KEPT] = query


def worked_off(request: SignedInRequest) -> Address | None:
    """Return the list the person works off, ``None`` without one."""
    query = request.session.get(KEPT)
    return Address.read(QueryDict(query)) if query else None


def next_case(request: SignedInRequest, *, after: str, signing: bool) -> Case | None:
    """Give the person the next case of their list, or without one the next by policy.

    Once nothing of the list waits for them, it is forgotten.

    Raises:
        RoleMissing: they do not decide, or with *signing* do not sign.
    """
    by, at = request.user, timezone.now()
    address = worked_off(request)
    if address is None:
        find = claims.next_to_sign if signing else claims.start_next
        return find(by=by, at=at, after=after)
    found = claims.next_of(cases_of(address, user=by), by=by, at=at, after=after)
    if found is None:
        del request.session[KEPT]
    return found


def cases_of(address: Address, *, user: User) -> CaseQuerySet:
    """Return the cases of a list as *user* sees it.

    None where a filter of it cannot be understood: without that filter it were another list.
    """
    at, seen = timezone.now(), Case.objects.visible_to(user)
    wanted, problems = address.wanted(user=user, at=at)
    return seen.none() if problems else address.cases(seen, user=user, at=at).filter(*wanted)
