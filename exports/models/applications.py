"""Applications: one batch of vehicles for one licence."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports.models.organisations import Exporter, Office
from exports.models.people import User
from exports.models.reference import Destination, Port
from exports.models.vehicles import Vehicle

MOST_VEHICLES = 20


class ApplicationQuerySet(models.QuerySet["Application"]):
    """The questions asked about applications."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the applications of the exporter *user* acts for."""
        return self.filter(exporter=user.exporter) if user.exporter else self.none()

    def drafts(self) -> Self:
        """Narrow to what was never filed."""
        return self.filter(filed_on__isnull=True, discarded_at__isnull=True)


class Application(models.Model):
    """One batch for one licence (一批一证): at most 20 vehicles of one HS code.

    ``filed_on`` is the Shanghai date of the current filing, the day the law counts from;
    ``first_filed_on`` keeps the earliest.
    """

    reference = models.CharField(_("reference"), max_length=16, unique=True)
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="applications")
    office = models.ForeignKey(Office, models.PROTECT)
    destination = models.ForeignKey(
        Destination, models.PROTECT, null=True, blank=True, verbose_name=_("destination")
    )
    port = models.ForeignKey(
        Port, models.PROTECT, null=True, blank=True, verbose_name=_("port of exit")
    )
    contract_number = models.CharField(_("contract number"), max_length=40, blank=True)
    contract_destination = models.ForeignKey(
        Destination,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("destination in the contract"),
    )
    hs_code = models.CharField(_("HS code"), max_length=10, blank=True)
    consignor_name = models.CharField(_("consignor"), max_length=120, blank=True)
    consignor_uscc = models.CharField(_("consignor's code"), max_length=18, blank=True)
    market_declaration = models.BooleanField(
        _("We declare that the vehicles meet the rules of the destination market."), default=False
    )
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    opened_at = models.DateTimeField(_("opened"), editable=False)
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    filed_on = models.DateField(_("filed on"), null=True, editable=False)
    first_filed_on = models.DateField(_("first filed on"), null=True, editable=False)
    discarded_at = models.DateTimeField(_("discarded"), null=True, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)

    objects = ApplicationQuerySet.as_manager()

    class Meta:
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.CheckConstraint(
                name="exports_application_filed_together",
                condition=Q(
                    filed_on__isnull=True, first_filed_on__isnull=True, filed_by__isnull=True
                )
                | Q(
                    filed_on__isnull=False,
                    first_filed_on__isnull=False,
                    filed_by__isnull=False,
                    discarded_at__isnull=True,
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["exporter", "-id"], name="exports_applications"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the portal page of the application."""
        return reverse("portal:application", args=[self.reference])

    @property
    def is_draft(self) -> bool:
        """Tell whether the exporter may still change everything."""
        return self.filed_on is None and self.discarded_at is None


class Line(models.Model):
    """A vehicle in an application.

    While ``live``, no other application may hold the VIN: not the same exporter's, not another
    province's. Filing makes a line live; the end of case or licence frees it.
    """

    application = models.ForeignKey(Application, models.CASCADE, related_name="lines")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="lines")
    vin = models.CharField(_("VIN"), max_length=17)
    position = models.PositiveSmallIntegerField(_("position"))
    live = models.BooleanField(_("live"), default=False, editable=False)

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["vin"], condition=Q(live=True), name="exports_vin_live_once"
            ),
            models.UniqueConstraint(
                fields=["application", "vehicle"], name="exports_line_vehicle_once"
            ),
            models.UniqueConstraint(
                fields=["application", "position"], name="exports_line_position_once"
            ),
            models.CheckConstraint(
                name="exports_line_at_most_twenty",
                condition=Q(position__gte=1, position__lte=MOST_VEHICLES),
            ),
        ]

    def __str__(self) -> str:
        return self.vin


class Counter(models.Model):
    """The next number of a yearly series, taken under a row lock."""

    series = models.CharField(max_length=20, primary_key=True)
    last = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series} {self.last}"
