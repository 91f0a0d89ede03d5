"""What was read from a document, and what people made of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from documents.models.documents import Document
from exports.models import User


class Reading(models.Model):
    """One value read from a document, with its place. Never changed; a correction stands beside.

    ``printed`` is what stands on the page, ``value`` what it is taken for; where the two differ
    ``repair`` says by which rule. ``box`` is (left, top, width, height) in fractions of the page.
    """

    class Field(models.TextChoices):
        MAKER = "maker", _("manufacturer")
        ISSUER = "issuer", _("issued by")
        NUMBER = "number", pgettext_lazy("document", "number")
        ISSUED_ON = "issued_on", _("issued on")
        VALID_UNTIL = "valid_until", _("valid until")
        DESTINATION = "destination", _("destination")
        EXPORTER = "exporter", _("exporter")
        VIN = "vin", _("VIN")
        BRAND = "brand", _("brand")
        MODEL = "model", _("model")
        REGISTERED_ON = "registered_on", _("registered on")
        TRANSFERRED_ON = "transferred_on", _("transferred, pending export, on")
        OWNER = "owner", _("owner")
        OUTLET = "outlet", _("service outlet")
        STANDARD = "standard", _("standard")
        RESULT = "result", _("result")
        INSPECTED_ON = "inspected_on", _("inspected on")

    document = models.ForeignKey(Document, models.CASCADE, related_name="readings")
    field = models.CharField(_("field"), max_length=14, choices=Field)
    position = models.PositiveSmallIntegerField()
    value = models.CharField(_("value"), max_length=600)
    printed = models.CharField(_("as printed"), max_length=600)
    parts = models.JSONField(default=dict)
    confidence = models.FloatField(_("confidence"))
    sure = models.BooleanField(_("sure"))
    repair = models.CharField(max_length=20, blank=True)
    page = models.PositiveSmallIntegerField(_("page"))
    box = models.JSONField(default=list)

    class Meta:
        verbose_name = _("reading")
        verbose_name_plural = _("readings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "field", "position"], name="documents_read_once"
            ),
        ]
        indexes = [models.Index(fields=["field", "value"], name="documents_value_read")]

    def __str__(self) -> str:
        return f"{self.get_field_display()}: {self.value}"


class Correction(models.Model):
    """Somebody entered something else than was read; both stay, with the name of the author.

    An empty ``read`` was added, an empty ``entered`` struck out. Append-only.
    """

    document = models.ForeignKey(Document, models.CASCADE, related_name="corrections")
    field = models.CharField(_("field"), max_length=14, choices=Reading.Field)
    read = models.CharField(_("read"), max_length=600, blank=True)
    entered = models.CharField(_("entered"), max_length=600, blank=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(_("corrected"))

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.read} → {self.entered}"
