"""How one person likes the workbench: keys, the way on after a decision, columns."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models import User


class Preferences(models.Model):
    """The choices of one person; who has no row works with what ships."""

    class AfterDecision(models.TextChoices):
        NEXT = "next", _("go to the next case")
        STAY = "stay", _("stay at the case")
        QUEUE = "queue", _("go back to the queue")

    user = models.OneToOneField(
        User, models.CASCADE, primary_key=True, related_name="preferences", verbose_name=_("person")
    )
    keys_on = models.BooleanField(_("single-letter keys"), default=True)
    keys = models.JSONField(_("own keys"), default=dict, blank=True)
    after_decision = models.CharField(
        _("after a decision"),
        max_length=5,
        choices=AfterDecision,
        default=AfterDecision.NEXT,
    )
    columns = models.JSONField(_("columns of the queue"), default=list, blank=True)

    class Meta:
        verbose_name = _("preferences")
        verbose_name_plural = _("preferences")

    def __str__(self) -> str:
        return str(self.user)
