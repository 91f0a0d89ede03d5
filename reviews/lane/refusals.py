"""What the lane refuses, each a sentence and its facts."""

from django.utils.translation import gettext_noop as _

from exports.errors import DomainError


class LaneIsClosed(DomainError):
    """Too many blind reviews disagreed; a person must open the lane again."""

    code = "lane-closed"
    status = 409
    text = _(
        "The clean lane is closed: of the last %(samples)d cases reviewed in full, %(count)d ended"
        " otherwise. Review clean cases one by one."
    )


class SheetOver(DomainError):
    """The sheet was closed or is kept no longer."""

    code = "sheet-over"
    status = 409
    text = _("This sheet is closed. What was left on it is free again; open another sheet.")


class NotOnSheet(DomainError):
    """The case left the sheet already."""

    code = "not-on-sheet"
    status = 409
    text = _("%(subject)s is not on this sheet any more.")


class NotLookedAt(DomainError):
    """The case was not on screen for as long as the rules of the lane ask."""

    code = "not-looked-at"
    status = 422
    text = _(
        "%(subject)s was on screen for %(seen)s of %(least)s seconds. It stays on the sheet: look"
        " at it and sign again."
    )


class ImplausibleDwell(DomainError):
    """More time is said to have been spent on looking than has passed."""

    code = "implausible-dwell"
    status = 422
    text = _(
        "The times on screen add up to more than has passed since the sheet was opened. Nothing"
        " was signed; open the sheet again."
    )
