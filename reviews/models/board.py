"""Sums for the supervisor's board, kept up as the ledger grows; the ledger can rebuild them all.

Only :mod:`reviews.rollups` writes here. Days and hours are Shanghai's.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import Office
from reviews.models.cases import Case


class BoardMark(models.Model):
    """How far the ledger is counted, and of which moment the sums are true."""

    seq = models.PositiveBigIntegerField(default=0)
    at = models.DateTimeField(_("as of"), null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="reviews_board_mark_only_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"{self.seq}"


class OpenCase(models.Model):
    """What the counted part of the ledger says of a case not yet closed."""

    case = models.OneToOneField(Case, models.PROTECT, primary_key=True, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10)
    since = models.DateTimeField()
    taken = models.BooleanField(default=False)
    asked = models.BooleanField(default=False)
    recommended_by = models.CharField(max_length=40, blank=True)
    filed_day = models.DateField()
    due_day = models.DateField()

    class Meta:
        verbose_name = _("counted case")
        verbose_name_plural = _("counted cases")

    def __str__(self) -> str:
        return f"{self.case_id} {self.status}"


class Backlog(models.Model):
    """How many open cases of an office stand in a status, by the days they were filed and due."""

    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    status = models.CharField(max_length=10)
    filed_day = models.DateField()
    due_day = models.DateField()
    cases = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("backlog")
        verbose_name_plural = _("backlog")
        constraints = [
            models.UniqueConstraint(
                fields=["office", "status", "filed_day", "due_day"], name="reviews_backlog_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.office_id} {self.status} {self.filed_day}: {self.cases}"


class DayCount(models.Model):
    """How often something happened on a day: at which hour, or how long it took.

    ``key`` is the hour (00 to 23) for what comes in and goes out, and for a stage the number of
    the bucket of :mod:`reviews.rollups.durations`.
    """

    day = models.DateField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    measure = models.CharField(max_length=12)
    key = models.CharField(max_length=4)
    times = models.IntegerField(default=0)

    class Meta:
        verbose_name = _("count of a day")
        verbose_name_plural = _("counts of a day")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "office", "measure", "key"], name="reviews_day_count_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.measure} {self.key}: {self.times}"


class DayOutcome(models.Model):
    """How the cases closed on a day ended, by one side of them.

    ``key`` names the destination, maker, exporter (its id), failing check or reviewer (theirs).
    """

    class Side(models.TextChoices):
        ALL = "all", _("all")
        DESTINATION = "destination", _("destination")
        MAKER = "maker", _("manufacturer")
        EXPORTER = "exporter", _("exporter")
        CHECK = "check", _("failing check")
        REVIEWER = "reviewer", _("reviewer")

    SUMS = (
        "issued",
        "refused",
        "withdrawn",
        "lapsed",
        "asked",
        "late",
        "overridden",
        "second",
        "sent_back",
    )

    day = models.DateField()
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    side = models.CharField(max_length=12, choices=Side)
    key = models.CharField(max_length=120, blank=True)
    issued = models.IntegerField(default=0)
    refused = models.IntegerField(default=0)
    withdrawn = models.IntegerField(default=0)
    lapsed = models.IntegerField(default=0)
    asked = models.IntegerField(default=0, help_text=_("Closed cases that were asked before."))
    late = models.IntegerField(default=0, help_text=_("Decided after they were due."))
    overridden = models.IntegerField(default=0, help_text=_("Issued over a failed check."))
    second = models.IntegerField(default=0, help_text=_("Signed by a second person."))
    sent_back = models.IntegerField(default=0, help_text=_("Sent back instead of signed."))

    class Meta:
        verbose_name = _("outcome of a day")
        verbose_name_plural = _("outcomes of a day")
        constraints = [
            models.UniqueConstraint(
                fields=["day", "office", "side", "key"], name="reviews_day_outcome_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.side} {self.key}"
