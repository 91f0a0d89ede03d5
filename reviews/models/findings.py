"""What the checks found, with all they read."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models import Line, Policy
from exports.rules import Sentence
from reviews.models.cases import Case


class CheckRun(models.Model):
    """One run of the checks over a case, under one policy and one version of the code."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="runs")
    policy = models.ForeignKey(Policy, models.PROTECT, null=True)
    code_version = models.CharField(max_length=40)
    filed_on = models.DateField(_("filed on"))
    ran_at = models.DateTimeField(_("ran"))

    class Meta:
        verbose_name = _("check run")
        verbose_name_plural = _("check runs")
        indexes = [models.Index(fields=["case", "-id"], name="reviews_run_latest")]

    def __str__(self) -> str:
        return f"{self.case} {self.ran_at:%Y-%m-%d %H:%M}"


class Finding(models.Model):
    """The outcome of one check for one vehicle; replayable from its ``inputs``."""

    class Outcome(models.TextChoices):
        PASS = "pass", _("pass")
        ATTENTION = "attention", _("attention")
        FAIL = "fail", _("fail")
        NOT_APPLICABLE = "not_applicable", _("not applicable")

    run = models.ForeignKey(CheckRun, models.PROTECT, related_name="findings")
    line = models.ForeignKey(Line, models.PROTECT, related_name="+")
    check_id = models.CharField(_("check"), max_length=8)
    outcome = models.CharField(_("outcome"), max_length=14, choices=Outcome)
    sentence_zh = models.TextField()
    sentence_en = models.TextField()
    cure_zh = models.TextField(blank=True)
    cure_en = models.TextField(blank=True)
    inputs = models.JSONField(default=dict)

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["run", "line", "check_id"], name="reviews_found_once"),
        ]

    def __str__(self) -> str:
        return f"{self.check_id} {self.outcome}"

    @property
    def sentence(self) -> Sentence:
        """Return what was found, in both languages."""
        return Sentence(zh=self.sentence_zh, en=self.sentence_en)

    @property
    def cure(self) -> Sentence | None:
        """Return what would mend it, if something would."""
        return Sentence(zh=self.cure_zh, en=self.cure_en) if self.cure_zh else None


class CaseFlag(models.Model):
    """A check that failed in the latest run over a case: what the queue is narrowed by."""

    case = models.ForeignKey(Case, models.CASCADE, related_name="flags")
    check_id = models.CharField(_("check"), max_length=8)

    class Meta:
        verbose_name = _("failed check")
        verbose_name_plural = _("failed checks")
        constraints = [
            models.UniqueConstraint(fields=["check_id", "case"], name="reviews_flagged_once"),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.check_id}"
