"""What each person saw of a case when they last had it open."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.models.cases import Case
from reviews.models.findings import CheckRun


class Look(models.Model):
    """How far one person's page of one case reached: the last event and the last run it showed.

    ``since_seq`` and ``since_run`` are how far it had reached when the visit began that is still
    going on, so that what is new stays marked while the person goes from vehicle to vehicle.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="looks")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(_("looked at"))
    seq = models.PositiveBigIntegerField()
    run = models.ForeignKey(CheckRun, models.SET_NULL, null=True, related_name="+")
    since_seq = models.PositiveBigIntegerField()
    since_run = models.ForeignKey(CheckRun, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("look")
        verbose_name_plural = _("looks")
        constraints = [
            models.UniqueConstraint(fields=["case", "user"], name="reviews_look_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.case}"
