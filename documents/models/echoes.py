"""Memory across cases: where a document, its pages, its number or its VINs were met before."""

from collections.abc import Iterable
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models.documents import Document


class EchoQuerySet(models.QuerySet["Echo"]):
    """The questions asked about echoes."""

    def between(self, ids: Iterable[int]) -> Self:
        """Narrow to what one of the documents *ids* shares with an older or newer one."""
        some = list(ids)
        return self.filter(Q(document__in=some) | Q(earlier__in=some))

    def standing(self) -> Self:
        """Leave out papers withdrawn since, and what rests on a promise revoked since."""
        used = self.filter(document__withdrawn_at__isnull=True, earlier__withdrawn_at__isnull=True)
        return used.exclude(
            kind__in=Echo.PROMISES, document__confirmation__revoked_at__isnull=False
        ).exclude(kind__in=Echo.PROMISES, earlier__confirmation__revoked_at__isnull=False)


class Echo(models.Model):
    """Two documents share what two documents should not; noticed once for each pair and kind.

    ``document`` is the newer of the two. Exporters see an echo only between papers of their own.
    ``facts`` are what is shared; of the older one they begin with ``earlier_``:

    - near page, copied seal: ``page`` and ``earlier_page``, from 1
    - reused number: ``number``; ``vins`` only the newer names, ``earlier_vins`` only the older
    - other country: shared ``vins``; ``countries`` and ``earlier_countries``, as ISO codes
    - other exporter: shared ``vins``
    """

    class Kind(models.TextChoices):
        SAME_FILE = "same_file", _("the same file")
        NEAR_PAGE = "near_page", _("nearly the same page")
        NUMBER_REUSED = "number_reused", _("the same letter number with other VINs")
        OTHER_COUNTRY = "other_country", _("a VIN confirmed for another country")
        OTHER_EXPORTER = "other_exporter", _("a VIN on another exporter's letter")
        SEAL_COPIED = "seal_copied", _("the very same seal pixels")

    # These rest on what people enter, and go when it is corrected or the promise is taken back.
    PROMISES = (Kind.NUMBER_REUSED, Kind.OTHER_COUNTRY, Kind.OTHER_EXPORTER)

    document = models.ForeignKey(Document, models.CASCADE, related_name="echoes")
    earlier = models.ForeignKey(Document, models.CASCADE, related_name="later_echoes")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    facts = models.JSONField(default=dict)
    noticed_at = models.DateTimeField(_("noticed"))

    objects = EchoQuerySet.as_manager()

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
