"""Where an application stands, in the exporter's words: one word, and whose turn it is.

What only the office needs to know, such as who holds a case or that a signature is awaited, never
shows here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from exports.models import Application
from reviews.models import Case, Licence, Request
from reviews.states import Status


@dataclass(frozen=True, slots=True)
class Word:
    """A status as exporters read it; ``code`` is never translated."""

    code: str
    label: Promise
    tone: str


@dataclass(frozen=True, slots=True)
class Turn:
    """Who must act (``you``, ``them``) or how it ended, and a sentence.

    ``done`` ended well, ``ended`` badly, ``closed`` by the exporter's own wish or in due time.
    """

    whose: str
    text: str


DRAFT: Final = Word("draft", pgettext_lazy("application", "draft"), "neutral")
DISCARDED: Final = Word("discarded", gettext_lazy("discarded"), "neutral")
EXPIRED: Final = Word("expired", pgettext_lazy("licence", "expired"), "neutral")
REVOKED: Final = Word("revoked", pgettext_lazy("licence", "revoked"), "bad")
USED: Final = Word("used", pgettext_lazy("licence", "used"), "neutral")
PARTLY: Final = Word("used", pgettext_lazy("licence", "partly used"), "neutral")
IN_REVIEW: Final = Word("in_review", gettext_lazy("in review"), "neutral")
WORDS: Final[Mapping[Status, Word]] = {
    Status.CHECKING: Word("checking", gettext_lazy("checking"), "neutral"),
    Status.IN_REVIEW: IN_REVIEW,
    Status.RETURNED: Word("action_needed", gettext_lazy("action needed"), "info"),
    Status.HELD: IN_REVIEW,
    Status.SETTLING: IN_REVIEW,
    Status.ISSUED: Word("issued", gettext_lazy("licence issued"), "good"),
    Status.REFUSED: Word("refused", gettext_lazy("refused"), "bad"),
    Status.WITHDRAWN: Word("withdrawn", gettext_lazy("withdrawn"), "neutral"),
    Status.LAPSED: Word("lapsed", gettext_lazy("lapsed"), "neutral"),
}
LICENCE_WORDS: Final = {"revoked": REVOKED, "expired": EXPIRED, "used": USED, "partly": PARTLY}
ENDED: Final[Mapping[Status, Promise]] = {
    Status.REFUSED: gettext_lazy(
        "The application is refused. The reasons and what would mend them stand below."
    ),
    Status.WITHDRAWN: gettext_lazy(
        "You withdrew this application. Its vehicles are free for another one."
    ),
    Status.LAPSED: gettext_lazy(
        "It lapsed because the office's questions were not answered in time. You may apply again."
    ),
}


def case_of(application: Application) -> Case | None:
    """Return the case of *application*, if it was filed; no query where ``case`` is selected."""
    return getattr(application, "case", None)


def licence_of(case: Case) -> Licence | None:
    """Return the licence of *case*, if one was issued; no query where ``licence`` is selected."""
    return getattr(case, "licence", None)


def word_of(application: Application, *, on: date) -> Word:
    """Return the one word for where *application* stands on the day *on*."""
    case = case_of(application)
    if case is None:
        return DISCARDED if application.discarded_at else DRAFT
    licence = licence_of(case)
    standing = licence.standing_on(on) if licence else ""
    return LICENCE_WORDS.get(standing, WORDS[case.state])


def turn_of(application: Application, *, request: Request | None, at: datetime) -> Turn:
    """Say who must act on *application* now, what, and by when; *request* is the open one."""
    case = case_of(application)
    if case is None:
        return before_filing(application)
    if case.state == Status.RETURNED:
        return to_answer(request)
    if case.state == Status.ISSUED:
        return licensed(licence_of(case), on=timezone.localdate(at))
    if case.state in ENDED:
        whose = "closed" if case.state == Status.WITHDRAWN else "ended"
        return Turn(whose, str(ENDED[case.state]))
    return with_others(case, at=at)


def before_filing(application: Application) -> Turn:
    """Say that nothing has been filed."""
    if application.discarded_at:
        return Turn("closed", _("You discarded this draft. Its vehicles are still in your fleet."))
    return Turn("you", _("This is your draft. Nobody sees it until you file it."))


def to_answer(request: Request | None) -> Turn:
    """Say what the exporter is asked and by when."""
    if request is None:
        return Turn("you", _("The office has a question; answer it below."))
    by = moment(request.answer_by)
    text = _("Answer the office's questions by %(by)s. Its clock stands still until you do.")
    return Turn("you", text % {"by": by})


def with_others(case: Case, *, at: datetime) -> Turn:
    """Say that the system or the office works on it, and when to expect an answer."""
    if case.state == Status.CHECKING:
        text = _("The checks are running; the office decides by %(due)s. Nothing to do for now.")
        return Turn("them", text % {"due": moment(case.due_at)})
    facts = {"office": case.office, "due": moment(case.due_at)}
    if case.due_at < at:
        text = _("%(office)s should have decided by %(due)s and is late. You need not do anything.")
    else:
        text = _("%(office)s decides by %(due)s. You need not do anything.")
    return Turn("them", text % facts)


def licensed(licence: Licence | None, *, on: date) -> Turn:
    """Say what the licence is good for now."""
    if licence is None:
        return Turn("done", _("The licence is issued."))
    facts = {"number": licence.number, "until": licence.valid_until.isoformat()}
    standing = licence.standing_on(on)
    if standing == Licence.State.REVOKED:
        return Turn("ended", _("Licence %(number)s is revoked. Do not use it any more.") % facts)
    if standing == Licence.State.EXPIRED:
        return Turn("closed", _("Licence %(number)s ran out on %(until)s.") % facts)
    if standing in (Licence.State.USED, Licence.State.PARTLY):
        return Turn("closed", _("Licence %(number)s was used.") % facts)
    text = _("Licence %(number)s is valid until %(until)s. Show it at customs clearance.")
    return Turn("done", text % facts)


def moment(at: datetime) -> str:
    """Return *at* as people in Shanghai write it, to the minute."""
    return timezone.localtime(at).strftime("%Y-%m-%d %H:%M")
