"""The same act on many cases: a job with frozen cases, and what came of each."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.models import Office, Role, User
from reviews.models.cases import SEES_ALL, Case

MOST_CASES = 500
# Never an issue, never a refusal: those are decided one by one, looking at the case.
BULK_ACTS = ("claim", "release", "assign", "escalate", "put-off", "request", "sign")


class BulkJobQuerySet(models.QuerySet["BulkJob"]):
    """The questions asked about jobs."""

    def visible_to(self, user: User) -> Self:
        """Narrow to what *user* may read: their own; for a supervisor, their office's all.

        The auditor and the policy administrator read every office's.
        """
        office = user.office
        if office is None:
            return self.none()
        if user.role in SEES_ALL:
            return self
        if user.role == Role.SUPERVISOR:
            return self.filter(Q(by=user) | Q(office__in=office.jurisdiction))
        return self.filter(by=user)

    def unfinished(self) -> Self:
        """Narrow to those with work left."""
        return self.filter(state__in=[BulkJob.State.WAITING, BulkJob.State.RUNNING])


class BulkJob(models.Model):
    """One act on at most 500 cases, as a person confirmed it; the row is the queue.

    ``token`` is drawn with the preview, so that confirming twice makes one job.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk job", "waiting")
        RUNNING = "running", _("at work")
        DONE = "done", _("finished")
        STOPPED = "stopped", _("stopped")

    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("by"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    act = models.CharField(_("act"), max_length=20)
    arguments = models.JSONField(default=dict)
    token = models.UUIDField()
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.WAITING)
    made_at = models.DateTimeField(_("confirmed"))
    started_at = models.DateTimeField(_("started"), null=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    lease_until = models.DateTimeField(null=True)

    objects = BulkJobQuerySet.as_manager()

    class Meta:
        verbose_name = _("bulk job")
        verbose_name_plural = _("bulk jobs")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["by", "token"], name="reviews_bulk_confirmed_once"),
            models.CheckConstraint(
                name="reviews_bulk_act_is_one_of_these", condition=Q(act__in=BULK_ACTS)
            ),
            models.CheckConstraint(
                name="reviews_bulk_finished_when_over",
                condition=Q(state__in=["waiting", "running"], finished_at__isnull=True)
                | Q(state__in=["done", "stopped"], finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(fields=["by", "-id"], name="reviews_bulk_mine"),
            models.Index(fields=["office", "-id"], name="reviews_bulk_office"),
            models.Index(
                fields=["id"],
                condition=Q(state__in=["waiting", "running"]),
                name="reviews_bulk_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.pk}"

    def get_absolute_url(self) -> str:
        """Return the page of the job."""
        return reverse("workbench:bulk_job", args=[self.pk])

    @property
    def is_over(self) -> bool:
        """Tell whether nothing is left to do."""
        return self.state in (self.State.DONE, self.State.STOPPED)


class BulkItem(models.Model):
    """One case of a job as it was when the person looked, and what came of it.

    Why it was not done is kept as a sentence of ours and its facts, so that each reader gets it
    in their own language.
    """

    class State(models.TextChoices):
        WAITING = "waiting", pgettext_lazy("bulk job", "waiting")
        DONE = "done", _("done")
        REFUSED = "refused", _("not done")
        FAILED = "failed", _("failed on our side")

    job = models.ForeignKey(BulkJob, models.CASCADE, related_name="items")
    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(_("version seen"))
    state = models.CharField(_("result"), max_length=7, choices=State, default=State.WAITING)
    code = models.CharField(max_length=40, blank=True)
    text = models.TextField(blank=True)
    facts = models.JSONField(default=dict)
    at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("case of a bulk job")
        verbose_name_plural = _("cases of bulk jobs")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["job", "case"], name="reviews_bulk_case_once"),
            models.CheckConstraint(
                name="reviews_bulk_refused_with_a_reason",
                condition=Q(state__in=["waiting", "done"], code="")
                | Q(state__in=["refused", "failed"], code__gt=""),
            ),
        ]
        indexes = [
            models.Index(
                fields=["job", "id"], condition=Q(state="waiting"), name="reviews_bulk_to_do"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job} · {self.case}"
