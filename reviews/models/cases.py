"""The office's file on one application."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports.models import Application, Exporter, Office, Role, User
from reviews.states import FINAL, OPEN, Status

STATUS_LABELS = {
    Status.CHECKING: _("checking"),
    Status.IN_REVIEW: _("in review"),
    Status.RETURNED: _("returned for correction"),
    Status.HELD: _("awaiting second signature"),
    Status.SETTLING: _("taking effect"),
    Status.ISSUED: _("issued"),
    Status.REFUSED: _("refused"),
    Status.WITHDRAWN: _("withdrawn"),
    Status.LAPSED: _("lapsed"),
}
SEES_ALL = (Role.AUDITOR, Role.POLICY)


class CaseQuerySet(models.QuerySet["Case"]):
    """The questions asked about cases."""

    def visible_to(self, user: User) -> Self:
        """Narrow to what *user* may see.

        An exporter sees its own; an office its own and its districts'; the national office, the
        auditor and the policy administrator see all.
        """
        if user.exporter:
            return self.filter(exporter=user.exporter)
        office = user.office
        if office is None:
            return self.none()
        if office.level == Office.Level.NATIONAL or user.role in SEES_ALL:
            return self
        return self.filter(office__in=office.jurisdiction)

    def open(self) -> Self:
        """Narrow to the cases somebody must still act on."""
        return self.filter(status__in=sorted(OPEN))


class Case(models.Model):
    """One filed application, judged vehicle by vehicle.

    ``status`` is written by :func:`reviews.lifecycle.advance` and nowhere else. The columns from
    ``exporter`` on repeat facts of application and findings so that the queue reads one table.
    """

    application = models.OneToOneField(Application, models.PROTECT, related_name="case")
    reference = models.CharField(_("reference"), max_length=16, unique=True)
    status = models.CharField(
        _("status"),
        max_length=10,
        choices=[(status.value, label) for status, label in STATUS_LABELS.items()],
        default=Status.CHECKING,
        editable=False,
    )
    status_since = models.DateTimeField(_("since"), editable=False)
    assignee = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("in the hands of"),
    )
    split_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="+",
        editable=False,
        verbose_name=_("taken out of"),
    )
    filed_at = models.DateTimeField(_("filed"), editable=False)
    due_at = models.DateTimeField(_("due"), editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, editable=False)
    claimed_at = models.DateTimeField(_("claimed"), null=True, editable=False)
    claimed_until = models.DateTimeField(_("claimed until"), null=True, editable=False)
    hold_until = models.DateTimeField(_("put off until"), null=True, editable=False)
    hold_because = models.TextField(_("put off because"), blank=True, editable=False)
    escalated_at = models.DateTimeField(_("escalated"), null=True, editable=False)
    escalated_because = models.TextField(_("escalated because"), blank=True, editable=False)
    lease_until = models.DateTimeField(null=True, editable=False)
    attempts = models.PositiveSmallIntegerField(default=0, editable=False)
    version = models.PositiveIntegerField(default=0, editable=False)
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="cases")
    office = models.ForeignKey(Office, models.PROTECT, related_name="cases")
    destination_code = models.CharField(_("destination"), max_length=2)
    first_vin = models.CharField(_("first VIN"), max_length=17)
    maker_name = models.CharField(_("manufacturer"), max_length=120, blank=True)
    vehicle_count = models.PositiveSmallIntegerField(_("vehicles"))
    youngest_days = models.IntegerField(_("days since registration"), null=True)
    passed = models.PositiveSmallIntegerField(default=0)
    attention = models.PositiveSmallIntegerField(default=0)
    failed = models.PositiveSmallIntegerField(default=0)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    risk = models.PositiveSmallIntegerField(_("risk"), default=0)
    risk_reason = models.CharField(max_length=20, blank=True)

    objects = CaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        constraints = [
            models.CheckConstraint(
                name="reviews_case_status_known",
                condition=Q(status__in=[status.value for status in Status]),
            ),
            models.CheckConstraint(
                name="reviews_case_closed_when_final",
                condition=Q(status__in=sorted(FINAL), closed_at__isnull=False)
                | Q(status__in=sorted(OPEN), closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["status", "due_at", "-risk", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="reviews_case_queue",
            ),
            models.Index(
                fields=["due_at", "-risk", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="reviews_case_open",
            ),
            models.Index(
                fields=["office", "due_at", "-risk", "id"],
                condition=Q(status__in=sorted(OPEN)),
                name="reviews_case_office",
            ),
            models.Index(
                fields=["assignee", "due_at", "-risk", "id"],
                condition=Q(status__in=sorted(OPEN), assignee__isnull=False),
                name="reviews_case_mine",
            ),
            models.Index(
                fields=["claimed_until"],
                condition=Q(claimed_until__isnull=False),
                name="reviews_case_leased",
            ),
            models.Index(
                fields=["hold_until"],
                condition=Q(hold_until__isnull=False),
                name="reviews_case_put_off",
            ),
            models.Index(
                fields=["due_at", "-risk", "id"],
                condition=Q(status=Status.IN_REVIEW, failed__gt=0),
                name="reviews_case_mismatches",
            ),
            models.Index(
                fields=["due_at", "-risk", "id"],
                condition=Q(status=Status.IN_REVIEW, failed=0, attention=0),
                name="reviews_case_clean",
            ),
            models.Index(
                fields=["due_at", "-risk", "id"],
                condition=Q(status=Status.IN_REVIEW, answered_at__isnull=False),
                name="reviews_case_answered",
            ),
            models.Index(
                fields=["due_at", "-risk", "id"],
                condition=Q(status__in=sorted(OPEN), escalated_at__isnull=False),
                name="reviews_case_escalated",
            ),
            models.Index(
                fields=["-risk", "due_at", "id"],
                condition=Q(status=Status.IN_REVIEW),
                name="reviews_case_risk",
            ),
            models.Index(
                fields=["status_since"],
                condition=Q(status__in=sorted(OPEN)),
                name="reviews_case_since",
            ),
            models.Index(
                fields=["maker_name", "due_at", "id"],
                name="reviews_case_maker",
                # A name is searched by how it begins, whatever the collation.
                opclasses=["varchar_pattern_ops", "timestamptz_ops", "int8_ops"],
            ),
            models.Index(fields=["due_at", "-risk", "id"], name="reviews_case_all"),
            models.Index(
                fields=["-closed_at", "risk", "-id"],
                condition=Q(status__in=sorted(FINAL)),
                name="reviews_case_decided",
            ),
            models.Index(fields=["exporter", "-id"], name="reviews_case_exporter"),
            models.Index(fields=["first_vin"], name="reviews_case_first_vin"),
        ]

    def __str__(self) -> str:
        return self.reference

    def get_absolute_url(self) -> str:
        """Return the workbench page of the case."""
        return reverse("workbench:case", args=[self.reference])

    def is_visible_to(self, user: User) -> bool:
        """Answer as :meth:`CaseQuerySet.visible_to`; no query where ``office`` is loaded."""
        if user.exporter:
            return self.exporter_id == user.exporter.pk
        office = user.office
        if office is None:
            return False
        everywhere = office.level == Office.Level.NATIONAL or user.role in SEES_ALL
        return everywhere or office.pk in (self.office_id, self.office.parent_id)

    @property
    def state(self) -> Status:
        """Return the status as the table of states names it."""
        return Status(self.status)


class Interval(models.Model):
    """A stretch of the decision clock, running or paused, with its reason."""

    class Kind(models.TextChoices):
        RUNNING = "running", _("running")
        PAUSED = "paused", _("paused")

    case = models.ForeignKey(Case, models.PROTECT, related_name="intervals")
    kind = models.CharField(max_length=8, choices=Kind)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True)
    why = models.CharField(max_length=60)

    class Meta:
        verbose_name = _("clock interval")
        verbose_name_plural = _("clock intervals")
        ordering = ["since", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(until__isnull=True), name="reviews_one_open_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"


class Holiday(models.Model):
    """A day whose working state differs from its weekday: a holiday or a make-up working day."""

    day = models.DateField(_("day"), primary_key=True)
    is_workday = models.BooleanField(_("working day"))
    name = models.CharField(_("name"), max_length=60, blank=True)

    class Meta:
        verbose_name = _("holiday or make-up day")
        verbose_name_plural = _("holidays and make-up days")
        ordering = ["day"]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"
