"""Who may do what in the claim: nothing, or a refusal."""

from exports.errors import Frozen, NotAllowed, RoleMissing
from exports.models import Application, Exporter, Manufacturer, Office, Role, User

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


def check_may_manage(user: User, organisation: "Exporter | Manufacturer") -> None:
    """Refuse unless *user* decides who acts for *organisation*.

    Raises:
        NotAllowed: another company's.
        RoleMissing: no owner of the exporter, no officer of the manufacturer.
    """
    if organisation not in (user.exporter, user.manufacturer):
        raise NotAllowed()
    check_role(user, Role.OWNER, Role.OFFICER)


def check_may_supervise(user: User, office: Office) -> None:
    """Refuse unless *user* supervises the companies filed with *office*.

    Raises:
        RoleMissing: no supervisor.
        NotAllowed: *office* is outside the person's jurisdiction, and they are not national.
    """
    check_role(user, Role.SUPERVISOR)
    own = user.office
    assert own is not None  # a supervisor's membership is of an office
    if own.level != Office.Level.NATIONAL and office.pk not in own.jurisdiction:
        raise NotAllowed()
