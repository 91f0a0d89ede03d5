"""Licences and the vehicles they cover."""

from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exports.models import Exporter, User
from reviews.models.cases import Case
from reviews.models.decisions import Decision


class LicenceQuerySet(models.QuerySet["Licence"]):
    """The questions asked about licences."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the licences of the exporter *user* acts for."""
        return self.filter(exporter=user.exporter) if user.exporter else self.none()

    def without_paper(self) -> Self:
        """Narrow to those whose PDF waits to be drawn."""
        return self.filter(paper_state=Licence.Paper.WAITING)


class Licence(models.Model):
    """An export licence: valid six months, never past 31 December.

    The row without PDF is the queue of the drawing task. Source: practice under Announcement 6 of
    2024 (domain table T8); numbers are text, no official pattern is known.
    """

    class State(models.TextChoices):
        LIVE = "live", _("valid")
        USED = "used", _("used")
        PARTLY = "partly", _("partly used")
        REVOKED = "revoked", _("revoked")
        EXPIRED = "expired", _("expired")

    class Paper(models.TextChoices):
        WAITING = "waiting", _("being drawn")
        READY = "ready", _("ready")
        DEAD = "dead", _("could not be drawn")

    case = models.OneToOneField(Case, models.PROTECT, related_name="licence")
    decision = models.OneToOneField(Decision, models.PROTECT, related_name="licence")
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="licences")
    number = models.CharField(_("licence number"), max_length=40, unique=True)
    token = models.CharField(max_length=43, unique=True, editable=False)
    issued_on = models.DateField(_("issued on"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.LIVE)
    revoked_at = models.DateTimeField(_("revoked"), null=True)
    revoked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    revoked_because = models.TextField(_("why it was revoked"), blank=True)
    paper_state = models.CharField(max_length=8, choices=Paper, default=Paper.WAITING)
    paper = models.CharField(max_length=120, blank=True)
    paper_sha256 = models.CharField(max_length=64, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)

    objects = LicenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        constraints = [
            models.CheckConstraint(
                name="reviews_licence_term_in_order",
                condition=Q(valid_from__gte=F("issued_on"), valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="reviews_licence_revoked_by_someone",
                condition=Q(state="revoked", revoked_at__isnull=False, revoked_by__isnull=False)
                | Q(~Q(state="revoked"), revoked_at__isnull=True, revoked_by__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(paper_state="waiting"), name="reviews_paper_waiting"
            ),
            models.Index(
                fields=["valid_until"], condition=Q(state="live"), name="reviews_licence_live"
            ),
            models.Index(fields=["exporter", "-id"], name="reviews_licence_exporter"),
        ]

    def __str__(self) -> str:
        return self.number

    def standing_on(self, day: date) -> str:
        """Return ``live``, ``revoked``, ``expired`` or ``early`` as of *day*, sweep or no sweep."""
        if self.state == self.State.LIVE and day > self.valid_until:
            return self.State.EXPIRED.value
        if self.state == self.State.LIVE and day < self.valid_from:
            return "early"
        return self.state


class LicenceLine(models.Model):
    """A vehicle as the licence's annex prints it, frozen at the moment of issue."""

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    vin = models.CharField(_("VIN"), max_length=17, db_index=True)
    brand = models.CharField(_("brand"), max_length=60)
    model = models.CharField(_("model"), max_length=60)
    maker_name = models.CharField(_("manufacturer"), max_length=120)
    fuel = models.CharField(_("fuel"), max_length=10)
    use = models.CharField(_("use"), max_length=10)
    odometer_km = models.PositiveIntegerField(_("odometer (km)"), null=True)
    owner_name = models.CharField(_("owner"), max_length=120)
    registered_on = models.DateField(_("registered on"))
    transferred_on = models.DateField(_("transferred, pending export, on"), null=True)
    exported = models.BooleanField(_("exported"), null=True)

    class Meta:
        verbose_name = _("licensed vehicle")
        verbose_name_plural = _("licensed vehicles")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "vin"], name="reviews_licensed_once"),
        ]

    def __str__(self) -> str:
        return self.vin
