"""What the registration authority says about a vehicle, and when."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models import User


class RegistryAnswerQuerySet(models.QuerySet["RegistryAnswer"]):
    """The questions asked about the registry's answers."""

    def latest_first(self, vins: list[str]) -> Self:
        """Narrow to answers about *vins*, each VIN's newest first."""
        return self.filter(vin__in=vins).order_by("vin", "-answered_at", "-id")


class RegistryAnswer(models.Model):
    """One answer about one VIN; a later answer supersedes, none is ever edited.

    ``None`` in a yes-or-no means the registry did not say.
    """

    vin = models.CharField(_("VIN"), max_length=17)
    answered_at = models.DateTimeField(_("answered"))
    source = models.CharField(_("source"), max_length=120)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    registered_on = models.DateField(_("registered on"), null=True, blank=True)
    transferred_on = models.DateField(_("transferred, pending export, on"), null=True, blank=True)
    owner_name = models.CharField(_("owner"), max_length=120, blank=True)
    owner_uscc = models.CharField(_("owner's code"), max_length=18, blank=True)
    brand = models.CharField(_("brand"), max_length=60, blank=True)
    model = models.CharField(_("model"), max_length=60, blank=True)
    mortgaged = models.BooleanField(_("mortgaged or pledged"), null=True, blank=True)
    seized = models.BooleanField(_("sealed or seized"), null=True, blank=True)
    stolen = models.BooleanField(_("stolen or wanted"), null=True, blank=True)
    open_violations = models.BooleanField(_("open violations"), null=True, blank=True)

    objects = RegistryAnswerQuerySet.as_manager()

    class Meta:
        verbose_name = _("registry answer")
        verbose_name_plural = _("registry answers")
        indexes = [
            models.Index(fields=["vin", "-answered_at"], name="documents_registry_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.vin} {self.answered_at:%Y-%m-%d}"
