"""Memory across cases: where a document, its pages, its number or its VINs were met before."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document


class Echo(models.Model):
    """Two documents share what two documents should not; noticed once for each pair and kind.

    ``document`` is the newer of the two. Exporters see an echo only between papers of their own.
    """

    class Kind(models.TextChoices):
        SAME_FILE = "same_file", _("the same file")
        NEAR_PAGE = "near_page", _("nearly the same page")
        NUMBER_REUSED = "number_reused", _("the same letter number with other VINs")
        OTHER_COUNTRY = "other_country", _("a VIN confirmed for another country")
        OTHER_EXPORTER = "other_exporter", _("a VIN on another exporter's letter")
        SEAL_COPIED = "seal_copied", _("the very same seal pixels")

    document = models.ForeignKey(Document, models.CASCADE, related_name="echoes")
    earlier = models.ForeignKey(Document, models.CASCADE, related_name="later_echoes")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    facts = models.JSONField(default=dict)
    noticed_at = models.DateTimeField(_("noticed"))

    class Meta:
        verbose_name = _("echo")
        verbose_name_plural = _("echoes")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["document", "earlier", "kind"], name="documents_echo_once"
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
