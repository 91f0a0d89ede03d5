"""What became of a licence: the declaration it was used for, and requests to replace it."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.models.cases import Case
from reviews.models.licences import Licence


class LicenceUse(models.Model):
    """The one customs declaration a licence was used for (一批一证: one batch, one licence).

    Which of its vehicles left stands on the licence's lines.
    """

    licence = models.OneToOneField(Licence, models.PROTECT, related_name="use")
    used_on = models.DateField(_("declared on"))
    declaration = models.CharField(_("customs declaration number"), max_length=18)
    reported_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    reported_at = models.DateTimeField(_("reported"))

    class Meta:
        verbose_name = _("use of a licence")
        verbose_name_plural = _("uses of licences")

    def __str__(self) -> str:
        return self.declaration


class ReplacementQuerySet(models.QuerySet["Replacement"]):
    """The questions asked about requests to replace."""

    def within(self, user: User) -> Self:
        """Narrow to the requests about cases *user* of an office may see."""
        if user.office is None:
            return self.none()
        return self.filter(licence__case__in=Case.objects.visible_to(user))

    def waiting(self) -> Self:
        """Narrow to those the office has not answered."""
        return self.filter(state=Replacement.State.ASKED)


class Replacement(models.Model):
    """An exporter asks that a licence be given back and replaced by another.

    A licence is never changed: with another destination or other facts it is replaced and the old
    one returned (domain table T5). Approved, the old one is revoked and its vehicles are free for
    the application that follows.
    """

    class Reason(models.TextChoices):
        DESTINATION = "destination", _("the destination changed")
        FACTS = "facts", _("a fact on the licence is wrong")
        VEHICLES = "vehicles", _("vehicles are taken out or exchanged")
        OTHER = "other", _("another reason")

    class State(models.TextChoices):
        ASKED = "asked", _("waiting for the office")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    licence = models.ForeignKey(Licence, models.PROTECT, related_name="replacements")
    reason = models.CharField(_("reason"), max_length=12, choices=Reason)
    text = models.TextField(_("explanation"))
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    answer = models.TextField(_("answer"), blank=True)

    objects = ReplacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to replace a licence")
        verbose_name_plural = _("requests to replace a licence")
        constraints = [
            models.UniqueConstraint(
                fields=["licence"],
                condition=Q(state="asked"),
                name="reviews_replacement_waits",
            ),
            models.CheckConstraint(
                name="reviews_replacement_answered_by_someone",
                condition=Q(state="asked", answered_by__isnull=True, answered_at__isnull=True)
                | Q(~Q(state="asked"), answered_by__isnull=False, answered_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["id"], condition=Q(state="asked"), name="reviews_replacement_open"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.licence} · {self.get_state_display()}"
