"""Who is away, from when to when, and who stands in."""

from collections.abc import Iterable
from datetime import date
from typing import Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exports.models import Office, User


class AbsenceQuerySet(models.QuerySet["Absence"]):
    """The questions asked about who is away."""

    def on(self, day: date) -> Self:
        """Narrow to the absences that cover *day*, both ends included."""
        return self.filter(since__lte=day, until__gte=day, ended_at__isnull=True)

    def people_away(self, day: date, among: Iterable[int]) -> set[int]:
        """Return the ids of those of *among* who are away on *day*: one query."""
        return set(self.on(day).filter(person__in=among).values_list("person", flat=True))


class Absence(models.Model):
    """A person is away; their cases go to the stand-in, or back to the pool without one."""

    person = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("person"))
    office = models.ForeignKey(Office, models.PROTECT, related_name="+", editable=False)
    since = models.DateField(_("first day away"))
    until = models.DateField(_("last day away"))
    stand_in = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("stand-in"),
    )
    why = models.CharField(_("why"), max_length=200, blank=True)
    noted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    noted_at = models.DateTimeField()
    handed_over_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["since", "id"]
        constraints = [
            models.CheckConstraint(
                name="reviews_absence_days_in_order", condition=Q(until__gte=F("since"))
            ),
            models.CheckConstraint(
                name="reviews_absence_other_stands_in",
                condition=Q(stand_in__isnull=True) | ~Q(stand_in=F("person")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["until"],
                condition=Q(ended_at__isnull=True),
                name="reviews_absence_current",
            ),
            models.Index(
                fields=["since"],
                condition=Q(ended_at__isnull=True, handed_over_at__isnull=True),
                name="reviews_absence_to_begin",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} {self.since} – {self.until}"
