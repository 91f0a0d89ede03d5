"""The manufacturer's desk: what it is asked, what it attested, its outlets and its seals."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.models.confirmations import Confirmation
from documents.models.seals import SealKind, Specimen
from exports.models import Application, Destination, Exporter, Manufacturer, User


class Declined(models.TextChoices):
    """Why a manufacturer does not confirm a vehicle."""

    NOT_OURS = "not_ours", _("we did not make this vehicle")
    UNKNOWN = "unknown", _("we do not know this VIN")
    NO_OUTLET = "no_outlet", _("we have no service outlet in this country")
    NOT_SERVED = "not_served", _("this model is not served in this country")
    RESTRICTED = "restricted", _("we do not confirm for this country")
    PAPERS = "papers", _("papers about the vehicle are missing")
    OTHER = "other", _("another reason")


class ConfirmationRequestQuerySet(models.QuerySet["ConfirmationRequest"]):
    """The questions asked about requests for a confirmation."""

    def visible_to(self, user: User) -> Self:
        """Narrow to what *user*'s exporter asked, or to what *user*'s manufacturer is asked."""
        if user.exporter:
            return self.filter(exporter=user.exporter)
        return self.filter(manufacturer=user.manufacturer) if user.manufacturer else self.none()

    def open(self) -> Self:
        """Narrow to those the manufacturer has still to answer."""
        return self.filter(state=ConfirmationRequest.State.OPEN)


class ConfirmationRequest(models.Model):
    """An exporter asks a manufacturer to confirm named vehicles for one country.

    Open until each VIN is confirmed or declined, or the exporter takes it back.
    """

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "open")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("taken back")

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="+")
    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="+")
    destination = models.ForeignKey(Destination, models.PROTECT, verbose_name=_("destination"))
    application = models.ForeignKey(Application, models.PROTECT, null=True, related_name="+")
    note = models.TextField(_("note to the manufacturer"), blank=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    seen_at = models.DateTimeField(_("first opened by the manufacturer"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = ConfirmationRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a confirmation")
        verbose_name_plural = _("requests for a confirmation")
        constraints = [
            models.CheckConstraint(
                name="documents_request_closed_when_over",
                condition=Q(state="open", closed_at__isnull=True)
                | Q(~Q(state="open"), closed_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["manufacturer", "asked_at"],
                condition=Q(state="open"),
                name="documents_maker_inbox",
            ),
            models.Index(fields=["manufacturer", "-id"], name="documents_maker_requests"),
            models.Index(fields=["exporter", "-id"], name="documents_own_requests"),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


class RequestedVehicle(models.Model):
    """One VIN of a request, and the manufacturer's answer to it."""

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("request", "open")
        CONFIRMED = "confirmed", _("confirmed")
        DECLINED = "declined", _("declined")

    request = models.ForeignKey(ConfirmationRequest, models.CASCADE, related_name="vehicles")
    vin = models.CharField(_("VIN"), max_length=17, db_index=True)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.OPEN)
    confirmation = models.ForeignKey(Confirmation, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=10, choices=Declined, blank=True)
    words = models.TextField(_("explanation"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("requested vehicle")
        verbose_name_plural = _("requested vehicles")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["request", "vin"], name="documents_requested_once"),
            models.CheckConstraint(
                name="documents_requested_answered_as_it_says",
                condition=Q(state="open", answered_at__isnull=True, confirmation__isnull=True)
                | Q(state="confirmed", answered_at__isnull=False, confirmation__isnull=False)
                | Q(state="declined", answered_at__isnull=False, reason__gt=""),
            ),
        ]

    def __str__(self) -> str:
        return self.vin


class ConfirmationVersion(models.Model):
    """What an attested confirmation said before it was amended; kept as it was."""

    confirmation = models.ForeignKey(Confirmation, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    facts = models.JSONField(default=dict)
    replaced_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    replaced_at = models.DateTimeField(_("replaced"))
    note = models.TextField(_("why it was amended"))

    class Meta:
        verbose_name = _("earlier version of a confirmation")
        verbose_name_plural = _("earlier versions of confirmations")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["confirmation", "number"], name="documents_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirmation} · {self.number}"


class LetterChange(models.Model):
    """A confirmation was attested, amended, revoked or disowned: who relied on it must hear.

    The row is the queue of the judgement, which follows it once. ``vins`` are all the vehicles
    the confirmation named before or after.
    """

    class Kind(models.TextChoices):
        ATTESTED = "attested", _("attested")
        AMENDED = "amended", _("amended")
        REVOKED = "revoked", _("revoked")
        DISOWNED = "disowned", _("reported as forged")
        OWNED = "owned", _("recognised")

    confirmation = models.ForeignKey(Confirmation, models.PROTECT, related_name="changes")
    kind = models.CharField(_("what happened"), max_length=8, choices=Kind)
    vins = models.JSONField(default=list)
    at = models.DateTimeField(_("when"))
    lease_until = models.DateTimeField(null=True)
    followed_at = models.DateTimeField(_("followed"), null=True)

    class Meta:
        verbose_name = _("change of a confirmation")
        verbose_name_plural = _("changes of confirmations")
        indexes = [
            models.Index(
                fields=["id"], condition=Q(followed_at__isnull=True), name="documents_to_follow"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.confirmation} {self.kind}"


class ListedOutletQuerySet(models.QuerySet["ListedOutlet"]):
    """The questions asked about a manufacturer's directory of outlets."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the directory of the manufacturer *user* acts for."""
        return self.filter(manufacturer=user.manufacturer) if user.manufacturer else self.none()

    def in_use(self) -> Self:
        """Narrow to those that still serve."""
        return self.filter(retired_at__isnull=True)


class ListedOutlet(models.Model):
    """A service outlet in the manufacturer's own directory; letters copy it as it then stands.

    ``image`` is our drawing of the evidence's first page; the file itself is not kept.
    """

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="+")
    country = models.ForeignKey(Destination, models.PROTECT, verbose_name=_("country"))
    name = models.CharField(_("outlet"), max_length=160)
    address = models.CharField(_("address"), max_length=240)
    provider = models.CharField(_("provider"), max_length=160)
    phone = models.CharField(_("phone"), max_length=40, blank=True)
    checked_on = models.DateField(_("checked on"))
    evidence = models.CharField(_("evidence"), max_length=200, blank=True)
    image = models.CharField(max_length=120, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("added"))
    retired_at = models.DateTimeField(_("retired"), null=True)

    objects = ListedOutletQuerySet.as_manager()

    class Meta:
        verbose_name = _("outlet of the directory")
        verbose_name_plural = _("outlets of the directory")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "country", "name"],
                condition=Q(retired_at__isnull=True),
                name="documents_outlet_listed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class CountryRestriction(models.Model):
    """A country for which the manufacturer confirms nothing, by its own decision."""

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="+")
    country = models.ForeignKey(Destination, models.PROTECT, verbose_name=_("country"))
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(_("since"))

    class Meta:
        verbose_name = _("country restriction")
        verbose_name_plural = _("country restrictions")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "country"], name="documents_restricted_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer} · {self.country}"


class SpecimenProposal(models.Model):
    """A seal a manufacturer sends in as its own; the ministry decides whether it becomes one."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waits for the ministry")
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", pgettext_lazy("specimen", "refused")

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=SealKind, default=SealKind.OFFICIAL)
    image = models.CharField(max_length=120)
    ring_text = models.CharField(_("words of the ring"), max_length=120, blank=True)
    mark = models.CharField(max_length=600)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    sent_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    sent_at = models.DateTimeField(_("sent"))
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(_("decided"), null=True)
    words = models.TextField(_("explanation"), blank=True)
    specimen = models.OneToOneField(Specimen, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("proposed seal specimen")
        verbose_name_plural = _("proposed seal specimens")
        constraints = [
            models.CheckConstraint(
                name="documents_proposal_decided_by_someone",
                condition=Q(state="waiting", decided_by__isnull=True, specimen__isnull=True)
                | Q(state="accepted", decided_by__isnull=False, specimen__isnull=False)
                | Q(state="refused", decided_by__isnull=False, specimen__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "mark"],
                condition=Q(state="waiting"),
                name="documents_proposed_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manufacturer} · {self.get_kind_display()}"


class AttestationSheet(models.Model):
    """A spreadsheet of confirmations to issue: read once, looked over, then issued once.

    ``rows`` are as read, each ``{"row", "vin", "destination", "exporter", "valid_until"}`` in
    text; ``issued`` are the numbers of the confirmations that came of it.
    """

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="+")
    name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    rows = models.JSONField(default=list)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    issued_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    issued_at = models.DateTimeField(_("issued"), null=True)
    issued = models.JSONField(default=list)

    class Meta:
        verbose_name = _("sheet of confirmations")
        verbose_name_plural = _("sheets of confirmations")
        constraints = [
            models.UniqueConstraint(
                fields=["manufacturer", "sha256"], name="documents_sheet_of_maker_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name
