"""Who may act at a manufacturer's desk: nothing, or a refusal."""

from datetime import date

from documents.models import Confirmation
from exports.errors import DeskClosed, NotAllowed
from exports.models import Manufacturer, Role, User
from exports.policies import check_role


def check_is_officer(user: User, manufacturer: Manufacturer | None) -> None:
    """Refuse unless *user* is an officer of *manufacturer*.

    Raises:
        NotAllowed, RoleMissing: another company's, or another role.
    """
    if manufacturer is None or user.manufacturer != manufacturer:
        raise NotAllowed()
    check_role(user, Role.OFFICER)


def check_may_attest(user: User, manufacturer: Manufacturer, *, on: date) -> None:
    """Refuse unless *user* may attest for *manufacturer* on the legal day *on*.

    Only the unit listed in the announcement confirms; its sales company, dealers, parent and
    overseas units may not.  Source: guideline of 2025-12-11, I(2).

    Raises:
        NotAllowed, RoleMissing: another company's, or another role.
        DeskClosed: the unit is no listed manufacturer on that day.
    """
    check_is_officer(user, manufacturer)
    check_desk_open(manufacturer, on=on)


def check_desk_open(manufacturer: Manufacturer, *, on: date) -> None:
    """Refuse unless *manufacturer* may confirm on the legal day *on*.

    Raises:
        DeskClosed: it is no listed manufacturer on that day.
    """
    if manufacturer.kind not in Manufacturer.ANNOUNCED or not manufacturer.name_on(on):
        raise DeskClosed(manufacturer=manufacturer)


def check_can_amend_attested(user: User, confirmation: Confirmation, *, on: date) -> None:
    """Refuse unless *user* may amend the attested *confirmation* on the legal day *on*.

    Raises:
        NotAllowed, RoleMissing, DeskClosed: see :func:`check_may_attest`; or it is a paper letter.
    """
    if confirmation.manufacturer is None or not confirmation.is_attested:
        raise NotAllowed()
    check_may_attest(user, confirmation.manufacturer, on=on)
