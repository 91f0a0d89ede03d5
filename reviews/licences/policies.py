"""Who may do what with a licence after its issue: nothing, or a refusal."""

from exports.models import Role, User
from exports.policies import check_can_write_for, check_role
from reviews.licences.errors import LicenceOver
from reviews.models import Licence, Replacement
from reviews.policies import check_sees


def check_is_live(licence: Licence) -> None:
    """Refuse unless *licence* still stands.

    Raises:
        LicenceOver: it is used, revoked or expired.
    """
    if licence.state != Licence.State.LIVE:
        raise LicenceOver(number=licence.number, state=licence.get_state_display())


def check_can_report(user: User, licence: Licence) -> None:
    """Refuse unless *user* may say what *licence* was used for, or ask to replace it.

    Raises:
        NotAllowed, RoleMissing: another company's, or a role that only reads.
        LicenceOver: it is used, revoked or expired.
    """
    check_can_write_for(user, licence.exporter)
    check_is_live(licence)


def check_can_answer_replacement(user: User, replacement: Replacement) -> None:
    """Refuse unless *user* may answer a request to replace: whoever may revoke the licence.

    Raises:
        RoleMissing, NotAllowed: role, jurisdiction.
    """
    check_role(user, Role.SENIOR, Role.SUPERVISOR)
    check_sees(user, replacement.licence.case)
