"""Who may share out work and note who is away: nothing, or a refusal."""

from datetime import date

from exports.errors import NotAllowed, PersonAway
from exports.models import Role, User
from exports.policies import check_role
from reviews.models import Absence
from reviews.policies import DECIDERS, check_can_hand_over

BOARD_READERS = (*DECIDERS, Role.AUDITOR, Role.POLICY)


def check_can_share_out(user: User) -> None:
    """Refuse unless *user* shares out the work of their office.

    Raises:
        RoleMissing: *user* is no supervisor.
    """
    check_role(user, Role.SUPERVISOR)


def check_can_note_absence(user: User, person: User, *, stand_in: User | None) -> None:
    """Refuse unless *person* is *user* or, for a supervisor, of their office.

    Raises:
        RoleMissing: neither.
        NotAllowed: another office's, or a stand-in who decides no cases at that office.
    """
    check_can_hand_over(user, person)
    if stand_in is None:
        return
    if stand_in == person or stand_in.role not in DECIDERS or stand_in.office != person.office:
        raise NotAllowed()


def check_is_here(person: User, *, on: date) -> None:
    """Refuse to give work to *person* on a day they are away.

    Raises:
        PersonAway: they are.
    """
    if Absence.objects.people_away(on, [person.pk]):
        raise PersonAway(person=person)


def check_can_end_absence(user: User, absence: Absence) -> None:
    """Refuse unless the absence is *user*'s own or, for a supervisor, of their office.

    Raises:
        RoleMissing, NotAllowed: it is not.
    """
    check_can_hand_over(user, absence.person)


def check_can_read_board(user: User) -> None:
    """Refuse unless *user* works for an office.

    Raises:
        RoleMissing: the person's role is no office's, or they act for none.
    """
    check_role(user, *BOARD_READERS)


def check_can_compare_people(user: User) -> None:
    """Refuse unless *user* answers for the people whose figures they would see.

    Raises:
        RoleMissing: *user* is no supervisor.
    """
    check_role(user, Role.SUPERVISOR)
