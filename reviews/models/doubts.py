"""Licences whose ground fell away after they were issued."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models import LetterChange
from reviews.models.licences import Licence


class LicenceDoubt(models.Model):
    """A live licence relies on a confirmation that was revoked, amended or disowned since.

    It moves nothing by itself: whether the licence is revoked, an office decides.
    """

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="doubts")
    change = models.ForeignKey(LetterChange, models.PROTECT, related_name="+")
    checks = models.JSONField(_("checks that fail now"), default=list)
    vins = models.JSONField(_("vehicles"), default=list)
    found_at = models.DateTimeField(_("found"))

    class Meta:
        verbose_name = _("licence in doubt")
        verbose_name_plural = _("licences in doubt")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["licence", "change"], name="reviews_doubted_once"),
        ]

    def __str__(self) -> str:
        return str(self.licence)
