"""The rule's parameters, dated."""

from datetime import date
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exports.rules import CountMethod, Sentence, Terms


class PolicyQuerySet(models.QuerySet["Policy"]):
    """The questions asked about policies."""

    def in_force(self, day: date) -> "Policy | None":
        """Return the enacted policy that governs applications made on *day*."""
        return (
            self.filter(enacted_at__isnull=False, effective_from__lte=day)
            .order_by("-effective_from")
            .first()
        )

    def window_on(self, day: date) -> int | None:
        """Return the window in days that governs *day*: one light query."""
        rows = self.enacted().filter(effective_from__lte=day).order_by("-effective_from")
        return rows.values_list("window_days", flat=True).first()

    def enacted(self) -> Self:
        """Narrow to the policies that bind."""
        return self.filter(enacted_at__isnull=False)


class Policy(models.Model):
    """One version of the rule, in force until the next one begins.

    Periods cannot overlap because a policy has no end of its own. Once enacted, a trigger refuses
    every change, so each verdict can be replayed under the policy it cites.
    """

    class Count(models.TextChoices):
        DIFFERENCE = CountMethod.DIFFERENCE.value, _("difference of the two dates")
        FIRST_DAY = CountMethod.FIRST_DAY_COUNTS.value, _("the registration day counts as day 1")

    code = models.SlugField(_("version"), max_length=40, unique=True)
    effective_from = models.DateField(_("effective from"))
    window_days = models.PositiveSmallIntegerField(_("window in days"), default=180)
    inclusive = models.BooleanField(_("the last day counts"), default=True)
    count_method = models.CharField(
        _("count method"), max_length=20, choices=Count, default=Count.DIFFERENCE
    )
    transition_before = models.DateField(_("transition: transferred before"), null=True, blank=True)
    clause_zh = models.CharField(_("clause (Chinese)"), max_length=200)
    clause_en = models.CharField(_("clause (English)"), max_length=200)
    drafted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    enacted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", editable=False
    )
    enacted_at = models.DateTimeField(_("enacted"), null=True, editable=False)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("policy")
        verbose_name_plural = _("policies")
        ordering = ["-effective_from"]
        constraints = [
            models.UniqueConstraint(
                fields=["effective_from"],
                condition=Q(enacted_at__isnull=False),
                name="exports_policy_one_a_day",
            ),
            models.CheckConstraint(
                name="exports_policy_four_eyes",
                condition=Q(enacted_by__isnull=True) | ~Q(enacted_by=F("drafted_by")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def terms(self) -> Terms:
        """Return the parameters as the pure rule takes them."""
        return Terms(
            code=self.code,
            effective_from=self.effective_from,
            window_days=self.window_days,
            inclusive=self.inclusive,
            count_method=CountMethod(self.count_method),
            transition_before=self.transition_before,
        )

    @property
    def clause(self) -> Sentence:
        """Return the clause this version rests on."""
        return Sentence(zh=self.clause_zh, en=self.clause_en)
