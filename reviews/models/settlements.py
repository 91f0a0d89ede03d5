"""Decisions and questions in the minute before they take effect."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.models.cases import Case
from reviews.models.decisions import Decision
from reviews.models.requests import Request


class Settlement(models.Model):
    """What takes effect at ``due_at`` unless the person takes it back; the row is the queue."""

    class Kind(models.TextChoices):
        ISSUE = "issue", _("issue alone")
        SIGN = "sign", _("second signature")
        ASK = "ask", _("request to the exporter")

    class State(models.TextChoices):
        WAITING = "waiting", _("may be taken back")
        DONE = "done", _("in effect")
        UNDONE = "undone", _("taken back")
        FAILED = "failed", _("could not take effect")

    case = models.ForeignKey(Case, models.PROTECT, related_name="settlements")
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    decision = models.ForeignKey(Decision, models.PROTECT, null=True, related_name="settlements")
    request = models.ForeignKey(Request, models.PROTECT, null=True, related_name="settlements")
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()
    due_at = models.DateTimeField()

    class Meta:
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"], condition=Q(state="waiting"), name="reviews_one_settlement"
            ),
            models.CheckConstraint(
                name="reviews_settles_one_thing",
                condition=Q(kind="ask", request__isnull=False, decision__isnull=True)
                | Q(kind__in=["issue", "sign"], request__isnull=True, decision__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(state="waiting"), name="reviews_settlement_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.kind}"
