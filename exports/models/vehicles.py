"""Vehicles as their registration certificates describe them."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Right
from django.utils.translation import gettext_lazy as _

from exports.models.organisations import Exporter
from exports.models.people import User


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    """The questions asked about vehicles."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the vehicles of the exporter *user* acts for."""
        return self.filter(exporter=user.exporter) if user.exporter else self.none()


class Vehicle(models.Model):
    """One car of one exporter.

    Dates are kept as the paper prints them, even where they contradict each other: the checks
    must be able to see, and to name, what is wrong.
    """

    class Kind(models.TextChoices):
        PASSENGER = "passenger", _("passenger car")
        BUS = "bus", _("bus")
        TRUCK = "truck", _("goods vehicle")
        TRACTOR = "tractor", _("road tractor")
        TRAILER = "trailer", _("trailer")

    class Fuel(models.TextChoices):
        PETROL = "petrol", _("petrol")
        DIESEL = "diesel", _("diesel")
        HYBRID = "hybrid", _("hybrid")
        PLUGIN = "plugin", _("plug-in hybrid")
        ELECTRIC = "electric", _("battery electric")
        OTHER = "other", _("other")

    class Origin(models.TextChoices):
        DOMESTIC = "domestic", _("made in China")
        IMPORTED = "imported", _("imported")

    class Use(models.TextChoices):
        PRIVATE = "private", _("non-commercial")
        COMMERCIAL = "commercial", _("commercial")

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="vehicles")
    vin = models.CharField(_("VIN"), max_length=17, db_index=True)
    brand = models.CharField(_("brand"), max_length=60)
    model = models.CharField(_("model"), max_length=60)
    maker_name = models.CharField(
        _("manufacturer"),
        max_length=120,
        help_text=_("As printed on the certificate (制造厂名称)."),
    )
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.PASSENGER)
    fuel = models.CharField(_("fuel"), max_length=10, choices=Fuel, default=Fuel.PETROL)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.DOMESTIC)
    use = models.CharField(_("use"), max_length=10, choices=Use, default=Use.PRIVATE)
    hs_code = models.CharField(_("HS code"), max_length=10)
    odometer_km = models.PositiveIntegerField(_("odometer (km)"), null=True, blank=True)
    certificate_number = models.CharField(_("certificate number"), max_length=30, blank=True)
    owner_name = models.CharField(_("owner"), max_length=120, blank=True)
    owner_uscc = models.CharField(_("owner's code"), max_length=18, blank=True)
    produced_on = models.DateField(_("produced on"), null=True, blank=True)
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    transferred_on = models.DateField(_("transferred, pending export, on"), null=True, blank=True)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    added_at = models.DateTimeField(_("added"), editable=False)

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        constraints = [
            models.UniqueConstraint(fields=["exporter", "vin"], name="exports_vehicle_once"),
            models.CheckConstraint(
                name="exports_vehicle_vin_canonical",
                condition=Q(vin__regex=r"^[A-HJ-NPR-Z0-9]{17}$"),
            ),
            models.CheckConstraint(
                name="exports_vehicle_hs_code_digits",
                condition=Q(hs_code__regex=r"^[0-9]{6,10}$"),
            ),
        ]
        indexes = [
            models.Index(fields=["exporter", "-id"], name="exports_fleet"),
            models.Index(fields=["exporter", "registered_on", "id"], name="exports_fleet_by_age"),
            models.Index(fields=["registered_on"], name="exports_vehicle_age"),
            models.Index(Right("vin", 6), name="exports_vehicle_vin_tail"),
        ]

    def __str__(self) -> str:
        return self.vin
