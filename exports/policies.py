"""Who may do what in the claim: nothing, or a refusal."""

from exports.errors import Frozen, NotAllowed, RoleMissing
from exports.models import Application, Exporter, Office, Role, User

WRITERS = (Role.OWNER, Role.CLERK)


def check_role(user: User, *roles: Role) -> None:
    """Refuse unless *user* is active and holds one of *roles*; superusers get no shortcut.

    Raises:
        RoleMissing: the role is another one.
    """
    if not user.is_active or user.role not in roles:
        raise RoleMissing(roles=", ".join(str(role.label) for role in roles))


def check_can_read_ledger(user: User) -> None:
    """Refuse unless *user* may read everybody's acts.

    Raises:
        RoleMissing: *user* is neither auditor nor policy administrator nor at the national office.
    """
    national = user.office is not None and user.office.level == Office.Level.NATIONAL
    if not (user.is_active and (user.is_superuser or national)):
        check_role(user, Role.AUDITOR, Role.POLICY)


def check_can_operate(user: User) -> None:
    """Refuse unless *user* may retry or drop deferred work that gave up.

    The one act a superuser may do without a role: it decides nothing.

    Raises:
        RoleMissing: *user* is neither supervisor nor policy administrator.
    """
    if not (user.is_active and user.is_superuser):
        check_role(user, Role.SUPERVISOR, Role.POLICY)


def check_can_write_for(user: User, exporter: Exporter) -> None:
    """Refuse unless *user* may act for *exporter*.

    Raises:
        NotAllowed: another company's, or a role that only reads.
    """
    if user.exporter != exporter:
        raise NotAllowed()
    check_role(user, *WRITERS)


def check_can_amend(user: User, application: Application) -> None:
    """Refuse unless *user* may change the draft *application*.

    Raises:
        NotAllowed: another company's, or a role that only reads.
        Frozen: it is filed or discarded.
    """
    check_can_write_for(user, application.exporter)
    if not application.is_draft:
        raise Frozen(subject=application)
