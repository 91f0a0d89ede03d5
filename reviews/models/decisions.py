"""Recommendation and signature."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.models.cases import Case
from reviews.models.findings import CheckRun
from reviews.models.reasons import Reason, Wording


class Decision(models.Model):
    """A recommended outcome and, once signed, the decision.

    Four eyes are a constraint: a refusal, and an issue over a failed check, are signed by another
    person than the one who recommended them.
    """

    class Outcome(models.TextChoices):
        ISSUE = "issue", _("issue the licence")
        REFUSE = "refuse", _("refuse")

    class State(models.TextChoices):
        HELD = "held", _("awaiting signature")
        SETTLING = "settling", _("signed, taking effect")
        SIGNED = "signed", _("signed")
        SENT_BACK = "sent_back", _("sent back")
        UNDONE = "undone", _("taken back")

    case = models.ForeignKey(Case, models.PROTECT, related_name="decisions")
    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="+")
    outcome = models.CharField(_("outcome"), max_length=8, choices=Outcome)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    reasons = models.ManyToManyField(Reason, verbose_name=_("reasons"))
    words = models.JSONField(default=list)
    failed_checks = models.PositiveSmallIntegerField(_("failed checks"), default=0)
    note = models.TextField(_("grounds"), blank=True)
    recommended_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recommended_at = models.DateTimeField(_("recommended"))
    needs_second = models.BooleanField(_("needs a second signature"))
    signed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    signed_at = models.DateTimeField(_("signed"), null=True)
    sent_back_because = models.TextField(blank=True)
    snapshot = models.JSONField(default=dict)
    snapshot_sha256 = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["recommended_by", "recommended_at"], name="reviews_recommended"),
            models.Index(fields=["signed_by", "signed_at"], name="reviews_signed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(state__in=["held", "settling"]),
                name="reviews_one_held_decision",
            ),
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="signed"), name="reviews_one_signed_decision"
            ),
            models.CheckConstraint(
                name="reviews_second_where_it_is_due",
                condition=Q(needs_second=True) | Q(outcome="issue", failed_checks=0),
            ),
            models.CheckConstraint(
                name="reviews_four_eyes",
                condition=Q(needs_second=False)
                | Q(signed_by__isnull=True)
                | ~Q(signed_by=F("recommended_by")),
            ),
            models.CheckConstraint(
                name="reviews_signed_by_someone",
                condition=Q(
                    state__in=["settling", "signed"],
                    signed_by__isnull=False,
                    signed_at__isnull=False,
                )
                | Q(
                    state__in=["held", "sent_back", "undone"],
                    signed_by__isnull=True,
                    signed_at__isnull=True,
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.outcome}"

    @property
    def given(self) -> list[Wording]:
        """Return the reasons as they were worded when they were given."""
        return [Wording.of(kept) for kept in self.words]
