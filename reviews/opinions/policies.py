"""Who may answer or take back one question: nothing, or a refusal."""

from exports.errors import NotAllowed, TransitionRefused
from exports.models import Role, User
from exports.policies import check_role
from reviews.models import Case, Opinion
from reviews.policies import check_can_withdraw_opinion


def check_open(opinion: Opinion) -> None:
    """Refuse unless *opinion* waits for its answer.

    Raises:
        TransitionRefused: it was answered or withdrawn.
    """
    if not opinion.is_open:
        raise TransitionRefused(subject=opinion, origin=opinion.get_state_display())


def check_can_answer(user: User, opinion: Opinion) -> None:
    """Refuse unless *user* answers for the ministry that is asked, and nobody has answered.

    Raises:
        RoleMissing: *user* is no officer of another ministry.
        NotAllowed: another ministry is asked.
        TransitionRefused: it was answered or withdrawn.
    """
    check_role(user, Role.OPINION)
    if user.ministry is None or user.ministry.pk != opinion.ministry_id:
        raise NotAllowed()
    check_open(opinion)


def check_can_withdraw(user: User, case: Case, opinion: Opinion) -> None:
    """Refuse unless *user* may take back *opinion*, which was asked about *case*.

    Raises:
        as :func:`reviews.policies.check_can_withdraw_opinion`.
        TransitionRefused: it was answered or withdrawn.
    """
    check_can_withdraw_opinion(user, case)
    check_open(opinion)
