"""Evidence about seals and electronic signatures. Evidence, never a verdict."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document
from exports.models import Manufacturer, User


class SealKind(models.TextChoices):
    """What the words in a seal say it is for.  Only the official seal confirms."""

    OFFICIAL = "official", _("official seal")
    CONTRACT = "contract", _("contract seal")
    BUSINESS = "business", _("business seal")
    DEPARTMENT = "department", _("department seal")
    FINANCE = "finance", _("finance or invoice seal")
    UNKNOWN = "unknown", _("seal of unknown kind")


class Specimen(models.Model):
    """A seal as its owner registered it with the ministry, to compare others with."""

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="specimens")
    kind = models.CharField(_("kind"), max_length=10, choices=SealKind, default=SealKind.OFFICIAL)
    image = models.CharField(max_length=120)
    ring_text = models.CharField(_("words of the ring"), max_length=120, blank=True)
    mark = models.CharField(max_length=600)
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("registered"))
    retired_at = models.DateTimeField(_("retired"), null=True, blank=True)

    class Meta:
        verbose_name = _("seal specimen")
        verbose_name_plural = _("seal specimens")

    def __str__(self) -> str:
        return f"{self.manufacturer} · {self.get_kind_display()}"


class Seal(models.Model):
    """A seal found on a page: where, what it looks like, what its ring says.

    Scores run from 0 to 1. ``mark`` describes the imprint independent of turning and size;
    ``pixels`` only the very pixels, so that equal ones were copied and not stamped anew.
    """

    class Colour(models.TextChoices):
        RED = "red", _("red")
        GREY = "grey", _("grey")
        OTHER = "other", _("another colour")

    document = models.ForeignKey(Document, models.CASCADE, related_name="seals")
    position = models.PositiveSmallIntegerField()
    page = models.PositiveSmallIntegerField(_("page"))
    box = models.JSONField(default=list)
    colour = models.CharField(_("colour"), max_length=5, choices=Colour)
    kind = models.CharField(_("kind"), max_length=10, choices=SealKind)
    score = models.FloatField(_("how surely it is a seal"))
    roundness = models.FloatField(_("roundness"))
    star = models.FloatField(_("star in the middle"))
    diameter_mm = models.FloatField(_("diameter in mm"), null=True)
    ring_text = models.CharField(_("words of the ring"), max_length=120, blank=True)
    name_likeness = models.FloatField(_("likeness to the issuer's name"), null=True)
    specimen = models.ForeignKey(Specimen, models.PROTECT, null=True)
    specimen_likeness = models.FloatField(_("likeness to the specimen"), null=True)
    mark = models.CharField(max_length=600, blank=True)
    pixels = models.CharField(max_length=64, blank=True, db_index=True)

    class Meta:
        verbose_name = _("seal")
        verbose_name_plural = _("seals")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["document", "position"], name="documents_seal_once"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.ring_text}".strip()


class TrustedCertificate(models.Model):
    """A certificate the ministry trusts to sign for a unit: the unit's own or its issuer's."""

    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, related_name="certificates")
    subject = models.CharField(_("subject"), max_length=300)
    serial = models.CharField(_("serial number"), max_length=80)
    fingerprint = models.CharField(_("SHA-256 fingerprint"), max_length=64)
    pem = models.TextField(_("certificate"))
    not_before = models.DateTimeField(_("valid from"))
    not_after = models.DateTimeField(_("valid until"))
    added_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    added_at = models.DateTimeField(_("trusted since"))
    withdrawn_at = models.DateTimeField(_("trust withdrawn"), null=True, blank=True)

    class Meta:
        verbose_name = _("trusted certificate")
        verbose_name_plural = _("trusted certificates")
        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"],
                condition=Q(withdrawn_at__isnull=True),
                name="documents_trusted_once",
            ),
        ]

    def __str__(self) -> str:
        return self.subject


class Signature(models.Model):
    """An electronic signature of a PDF: who, when, what it covers, what changed since."""

    class Standing(models.TextChoices):
        VALID = "valid", _("valid")
        ALTERED = "altered", _("the document was changed after signing")
        UNTRUSTED = "untrusted", _("the signer is not on the ministry's list")
        EXPIRED = "expired", _("the certificate had expired")
        REVOKED = "revoked", _("the certificate was revoked")
        BROKEN = "broken", _("the signature is broken")
        UNVERIFIABLE = "unverifiable", _("this kind of signature cannot be verified here")

    document = models.ForeignKey(Document, models.CASCADE, related_name="signatures")
    position = models.PositiveSmallIntegerField()
    standing = models.CharField(_("standing"), max_length=12, choices=Standing)
    signer = models.CharField(_("signer"), max_length=300, blank=True)
    serial = models.CharField(_("serial number"), max_length=80, blank=True)
    fingerprint = models.CharField(_("SHA-256 fingerprint"), max_length=64, blank=True)
    signed_at = models.DateTimeField(_("signed"), null=True)
    covers_whole = models.BooleanField(_("covers the whole document"))
    changes = models.JSONField(default=list)
    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, null=True)
    certificate = models.ForeignKey(TrustedCertificate, models.PROTECT, null=True)

    class Meta:
        verbose_name = _("electronic signature")
        verbose_name_plural = _("electronic signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "position"], name="documents_signature_once"
            ),
        ]

    def __str__(self) -> str:
        return self.signer
