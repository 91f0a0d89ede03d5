"""The clean lane: sheets of cases whose every check passes, signed after a look at each.

What the lane asks of a look, how many cases are kept back for a blind second judgement and when
the lane closes by itself are rows of :class:`LanePolicy`, to be changed without a release.
[unverified] None of these numbers stands in a rule; they are the house's own.
"""

import hashlib
import uuid
from decimal import Decimal
from typing import Final, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import Office, Role, User
from reviews.models.cases import SEES_ALL, Case
from reviews.models.decisions import Decision
from reviews.models.findings import CheckRun

PERCENT: Final = [MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(100))]


class LanePolicy(models.Model):
    """How the lane is run: one row, changed by the policy role, each change on the ledger."""

    sheet_size = models.PositiveSmallIntegerField(
        _("cases on a sheet"),
        default=20,
        validators=[MinValueValidator(1), MaxValueValidator(50)],
    )
    most_vehicles = models.PositiveSmallIntegerField(
        _("vehicles in a batch at most"),
        default=6,
        help_text=_("Larger batches are reviewed in full."),
        validators=[MinValueValidator(1), MaxValueValidator(20)],
    )
    lease_minutes = models.PositiveSmallIntegerField(
        _("minutes a sheet is kept for a person"),
        default=15,
        validators=[MinValueValidator(1), MaxValueValidator(240)],
    )
    least_dwell_ms = models.PositiveIntegerField(
        _("milliseconds each vehicle is on screen at least"),
        default=800,
        validators=[MinValueValidator(100), MaxValueValidator(60_000)],
    )
    sample_share = models.DecimalField(
        _("percent of the cases reviewed in full, unseen by anybody"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(5),
        validators=PERCENT,
    )
    most_disagreement = models.DecimalField(
        _("percent of disagreement at which the lane closes"),
        max_digits=5,
        decimal_places=2,
        default=Decimal(1),
        validators=PERCENT,
    )
    window = models.PositiveIntegerField(
        _("latest samples counted"), default=200, validators=[MinValueValidator(1)]
    )
    least_samples = models.PositiveIntegerField(
        _("samples before the lane can close"), default=30, validators=[MinValueValidator(1)]
    )

    class Meta:
        verbose_name = _("rule of the clean lane")
        verbose_name_plural = _("rules of the clean lane")
        constraints = [
            models.CheckConstraint(name="reviews_one_lane_policy", condition=Q(pk=1)),
        ]

    def __str__(self) -> str:
        return str(self._meta.verbose_name)

    @classmethod
    def current(cls) -> "LanePolicy":
        """Return the rules in force: one query; the house's own until somebody changed them."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)


class LaneSheetQuerySet(models.QuerySet["LaneSheet"]):
    """The questions asked about sheets."""

    def of(self, user: User) -> Self:
        """Narrow to the sheets *user* opened, the newest first."""
        return self.filter(by=user).order_by("-id")

    def visible_to(self, user: User) -> Self:
        """Narrow to *user*'s own; a supervisor sees the office's, auditor and policy role all."""
        office = user.office
        if office is None:
            return self.none()
        if user.role in SEES_ALL:
            return self
        if user.role == Role.SUPERVISOR:
            return self.filter(office__in=office.jurisdiction)
        return self.filter(by=user)


class LaneSheet(models.Model):
    """Clean cases given to one person to look at together; each is signed on its own.

    ``left_out`` are the clean cases that had to stay out: each its reference and why.
    """

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("opened by"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", verbose_name=_("office"))
    opened_at = models.DateTimeField(_("opened"))
    lease_until = models.DateTimeField(_("kept until"))
    closed_at = models.DateTimeField(_("closed"), null=True)
    left_out = models.JSONField(default=list)

    objects = LaneSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("sheet of the clean lane")
        verbose_name_plural = _("sheets of the clean lane")
        constraints = [
            models.UniqueConstraint(
                fields=["by"], condition=Q(closed_at__isnull=True), name="reviews_one_open_sheet"
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="reviews_sheets_of"),
            models.Index(
                fields=["lease_until"],
                condition=Q(closed_at__isnull=True),
                name="reviews_sheets_open",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)


class LaneTile(models.Model):
    """One case on a sheet: what was shown of it, for how long, and what came of it.

    ``shown`` is the proof that one person looked: for each crop the document, the page, the box,
    the SHA-256 of the page's picture address with the box, what was read there and what was
    declared. ``dwell_ms`` is the time it was on screen as the browser counted it, believed only
    as far as the clock of this side allows.
    """

    class State(models.TextChoices):
        SHOWN = "shown", _("on the sheet")
        SIGNED = "signed", _("signed")
        PULLED = "pulled", _("pulled out")
        SKIPPED = "skipped", _("could not be signed")
        LEFT = "left", _("left on the sheet")

    sheet = models.ForeignKey(LaneSheet, models.PROTECT, related_name="tiles")
    case = models.ForeignKey(Case, models.PROTECT, related_name="lane_tiles")
    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="+")
    position = models.PositiveSmallIntegerField()
    case_version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=State, default=State.SHOWN)
    shown = models.JSONField(default=dict)
    dwell_ms = models.PositiveIntegerField(default=0)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    ended_because = models.TextField(blank=True)

    class Meta:
        verbose_name = _("case on a sheet")
        verbose_name_plural = _("cases on sheets")
        ordering = ["sheet", "position"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "case"], name="reviews_once_on_a_sheet"),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="shown"), name="reviews_on_one_sheet"
            ),
            models.CheckConstraint(
                name="reviews_tile_signed_with_its_decision",
                condition=Q(state="signed", decision__isnull=False, signed_at__isnull=False)
                | Q(~Q(state="signed"), decision__isnull=True, signed_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.state}"

    @property
    def seconds(self) -> float:
        """Return for how many seconds it was on screen, to a tenth."""
        return round(self.dwell_ms / 1000, 1)


class LaneSample(models.Model):
    """A clean case kept back from the lane for a full review, without anybody being told.

    The full review tells whether the lane would have been right: it agrees if the licence was
    issued for every vehicle without a question, a refusal or a failed check.

    The ledger, which many read, learns of the choice at once but not of which case: it is given
    :attr:`seal`, and what opens it only with the verdict.
    """

    class Verdict(models.TextChoices):
        PENDING = "pending", _("not decided yet")
        AGREED = "agreed", _("the full review agreed")
        DISAGREED = "disagreed", _("the full review disagreed")
        VOID = "void", _("ended without a decision")

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    nonce = models.UUIDField(default=uuid.uuid4, editable=False)
    case = models.OneToOneField(Case, models.PROTECT, related_name="lane_sample")
    vehicles = models.PositiveSmallIntegerField(_("vehicles"))
    chosen_at = models.DateTimeField(_("chosen"))
    verdict = models.CharField(max_length=9, choices=Verdict, default=Verdict.PENDING)
    judged_at = models.DateTimeField(_("judged"), null=True)

    class Meta:
        verbose_name = _("sample of the clean lane")
        verbose_name_plural = _("samples of the clean lane")
        constraints = [
            models.CheckConstraint(
                name="reviews_sample_judged_at_a_time",
                condition=Q(verdict="pending", judged_at__isnull=True)
                | Q(~Q(verdict="pending"), judged_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(verdict="pending"), name="reviews_samples_pending"
            ),
            models.Index(
                fields=["-judged_at", "-id"],
                condition=Q(verdict__in=["agreed", "disagreed"]),
                name="reviews_samples_judged",
            ),
        ]

    def __str__(self) -> str:
        return str(self.key)

    @property
    def seal(self) -> str:
        """Return the digest that binds the choice to its case without naming it."""
        return hashlib.sha256(f"{self.nonce}:{self.case.reference}".encode()).hexdigest()


class LaneClosure(models.Model):
    """A time in which the lane is closed: by itself, until a person opens it with a reason."""

    closed_at = models.DateTimeField(_("closed"))
    samples = models.PositiveIntegerField(_("samples"))
    disagreements = models.PositiveIntegerField(_("disagreements"))
    stands = models.BooleanField(default=True)
    reopened_at = models.DateTimeField(_("opened again"), null=True)
    reopened_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("opened again by")
    )
    reopened_because = models.TextField(_("opened again because"), blank=True)

    class Meta:
        verbose_name = _("closure of the clean lane")
        verbose_name_plural = _("closures of the clean lane")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["stands"], condition=Q(stands=True), name="reviews_one_closure"
            ),
            models.CheckConstraint(
                name="reviews_reopened_by_someone",
                condition=Q(stands=True, reopened_at__isnull=True, reopened_by__isnull=True)
                | Q(
                    Q(reopened_because__gt=""),
                    stands=False,
                    reopened_at__isnull=False,
                    reopened_by__isnull=False,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.closed_at:%Y-%m-%d %H:%M}"
