"""Confirmations: the maker's promise to serve named vehicles in a named country."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document
from exports.models import Destination, Exporter, Manufacturer, User


class ConfirmationQuerySet(models.QuerySet["Confirmation"]):
    """The questions asked about confirmations."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the exporter's own, or to those naming the manufacturer *user* acts for."""
        if user.exporter:
            return self.filter(exporter=user.exporter)
        return self.filter(manufacturer=user.manufacturer) if user.manufacturer else self.none()

    def naming(self, vins: list[str]) -> Self:
        """Narrow to those that name one of *vins*."""
        return self.filter(vehicles__vin__in=vins).distinct()


class Confirmation(models.Model):
    """An after-sales service confirmation (售后维修服务确认书).

    On paper it is transcribed from an uploaded letter; attested, the maker's officer issued it
    here and ``entered_by`` is that officer. One may serve many applications and is judged per
    VIN, destination and maker.  Source: notice 648, 1(1); guideline I(2).
    """

    class Source(models.TextChoices):
        PAPER = "paper", _("paper letter")
        ATTESTED = "attested", _("attested by the manufacturer in this system")

    class Word(models.TextChoices):
        OURS = "ours", _("the manufacturer says it is its own")
        FORGED = "forged", _("the manufacturer says it is forged")

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="confirmations")
    document = models.OneToOneField(
        Document, models.PROTECT, null=True, related_name="confirmation", verbose_name=_("letter")
    )
    manufacturer = models.ForeignKey(
        Manufacturer, models.PROTECT, null=True, blank=True, verbose_name=_("manufacturer")
    )
    issuer_name = models.CharField(
        _("issued by"), max_length=120, help_text=_("The unit under the seal, exactly as printed.")
    )
    number = models.CharField(_("confirmation number"), max_length=60, blank=True)
    issued_on = models.DateField(_("issued on"), null=True, blank=True)
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    destinations = models.ManyToManyField(Destination, verbose_name=_("destinations"))
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", editable=False)
    entered_at = models.DateTimeField(_("entered"), editable=False)
    revoked_at = models.DateTimeField(_("revoked"), null=True, editable=False)
    revoked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", editable=False
    )
    revoked_because = models.TextField(_("why it was revoked"), blank=True, editable=False)
    source = models.CharField(
        _("source"), max_length=8, choices=Source, default=Source.PAPER, editable=False
    )
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)
    word = models.CharField(
        _("the manufacturer's word"), max_length=6, choices=Word, blank=True, editable=False
    )
    word_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", editable=False)
    word_at = models.DateTimeField(_("said"), null=True, editable=False)
    word_because = models.TextField(_("what it said"), blank=True, editable=False)

    objects = ConfirmationQuerySet.as_manager()

    class Meta:
        verbose_name = _("confirmation")
        verbose_name_plural = _("confirmations")
        constraints = [
            models.CheckConstraint(
                name="documents_confirmation_revoked_by_someone",
                condition=Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | Q(revoked_at__isnull=False, revoked_by__isnull=False),
            ),
            models.CheckConstraint(
                name="documents_confirmation_term_in_order",
                condition=Q(valid_until__isnull=True)
                | Q(issued_on__isnull=True)
                | Q(valid_until__gte=F("issued_on")),
            ),
            models.CheckConstraint(
                name="documents_attested_by_a_maker_without_paper",
                condition=Q(source="paper")
                | Q(
                    source="attested",
                    document__isnull=True,
                    manufacturer__isnull=False,
                    issued_on__isnull=False,
                    number__gt="",
                ),
            ),
            models.CheckConstraint(
                name="documents_word_of_someone",
                condition=Q(word="", word_by__isnull=True, word_at__isnull=True)
                | Q(word__gt="", word_by__isnull=False, word_at__isnull=False),
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "number"],
                condition=Q(source="attested"),
                name="documents_attested_number_once",
            ),
        ]
        indexes = [
            models.Index(fields=["exporter", "-id"], name="documents_letters"),
            models.Index(fields=["manufacturer", "-id"], name="documents_of_maker"),
            models.Index(fields=["number"], name="documents_letter_number"),
        ]

    def __str__(self) -> str:
        return self.number or f"{self._meta.verbose_name} {self.pk}"

    @property
    def is_attested(self) -> bool:
        """Tell whether the manufacturer issued it in this system."""
        return self.source == self.Source.ATTESTED


class ConfirmedVehicle(models.Model):
    """A VIN the confirmation names."""

    confirmation = models.ForeignKey(Confirmation, models.CASCADE, related_name="vehicles")
    vin = models.CharField(_("VIN"), max_length=17, db_index=True)

    class Meta:
        verbose_name = _("confirmed vehicle")
        verbose_name_plural = _("confirmed vehicles")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["confirmation", "vin"], name="documents_vin_confirmed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.vin


class Outlet(models.Model):
    """A place that serves the vehicles at their destination."""

    confirmation = models.ForeignKey(Confirmation, models.CASCADE, related_name="outlets")
    country = models.ForeignKey(Destination, models.PROTECT, verbose_name=_("country"))
    name = models.CharField(_("outlet"), max_length=160)
    address = models.CharField(_("address"), max_length=240, blank=True)
    provider = models.CharField(_("provider"), max_length=160, blank=True)
    phone = models.CharField(_("phone"), max_length=40, blank=True)

    class Meta:
        verbose_name = _("service outlet")
        verbose_name_plural = _("service outlets")
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name
