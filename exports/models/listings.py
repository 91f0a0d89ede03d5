"""Lists of manufacturers as they were uploaded, and what each changed."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models.people import User


class ManufacturerListImport(models.Model):
    """One uploaded list: its rows, what it would change, and what it changed.

    ``as_of`` is the day whose announcement the list shows. A ``complete`` list ends what it does
    not name. ``steps`` are the rows that were written, so that the whole can be taken back.
    """

    file_name = models.CharField(_("file name"), max_length=200)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    as_of = models.DateField(_("state of the list"))
    complete = models.BooleanField(_("complete list"), default=False)
    rows = models.JSONField(default=list)
    changes = models.JSONField(default=list)
    conflicts = models.JSONField(default=list)
    unchanged = models.PositiveIntegerField(_("unchanged"), default=0)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    steps = models.JSONField(default=dict)
    applied_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(_("applied"), null=True)
    undone_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(_("taken back"), null=True)

    class Meta:
        verbose_name = _("list of manufacturers")
        verbose_name_plural = _("lists of manufacturers")
        constraints = [
            models.UniqueConstraint(
                fields=["sha256", "as_of", "complete"],
                condition=Q(applied_at__isnull=True),
                name="exports_list_waits_once",
            ),
            models.CheckConstraint(
                name="exports_list_applied_by_someone",
                condition=Q(applied_at__isnull=True, applied_by__isnull=True)
                | Q(applied_at__isnull=False, applied_by__isnull=False),
            ),
            models.CheckConstraint(
                name="exports_list_undone_after_it_was_applied",
                condition=Q(undone_at__isnull=True, undone_by__isnull=True)
                | Q(undone_at__isnull=False, undone_by__isnull=False, applied_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.file_name} · {self.as_of:%Y-%m-%d}"
