"""Refusals about licences after their issue."""

from django.utils.translation import gettext_noop as _

from exports.errors import DomainError


class LicenceOver(DomainError):
    """The licence is not valid any more, so nothing can be done with it."""

    code = "licence-over"
    status = 409
    text = _("Licence %(number)s is not valid any more: %(state)s.")


class OutsideTerm(DomainError):
    """The day of use lies outside the licence's term, or in the future."""

    code = "outside-term"
    status = 422
    text = _(
        "The licence could be used from %(since)s to %(until)s, and not after today. "
        "Check the day of the declaration."
    )


class NoneExported(DomainError):
    """A use without a single vehicle is none."""

    code = "none-exported"
    status = 422
    text = _("Tick at least one vehicle that left the country under this declaration.")


class NotOnLicence(DomainError):
    """A vehicle that the licence does not cover."""

    code = "not-on-licence"
    status = 422
    text = _("%(vin)s is not on this licence.")


class ReplacementAsked(DomainError):
    """The office has this request already."""

    code = "replacement-asked"
    status = 409
    text = _("The office has a request to replace this licence already. Wait for its answer.")


class TooManyPapers(DomainError):
    """More papers at once than one file should hold."""

    code = "too-many-papers"
    status = 422
    text = _("At most %(most)s licences go into one file. Choose fewer, or one month at a time.")
