"""What the office sets for everybody: thresholds, keys, the queue of each office."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from exports.models import Office
from exports.rules import Sentence


class Threshold(models.Model):
    """A number that no law fixes; the shipped table names them, the office sets them.

    ``source`` says where the number comes from; an estimate bears the mark ``[unverified]``.
    """

    class Unit(models.TextChoices):
        SECONDS = "seconds", _("seconds")
        MINUTES = "minutes", _("minutes")
        WORKING_DAYS = "working_days", _("working days")
        CASES = "cases", _("cases")
        PER_CENT = "per_cent", _("per cent")

    code = models.CharField(_("code"), max_length=30, primary_key=True)
    value = models.PositiveIntegerField(_("value"))
    unit = models.CharField(_("unit"), max_length=12, choices=Unit)
    label_zh = models.CharField(_("label (Chinese)"), max_length=120)
    label_en = models.CharField(_("label (English)"), max_length=120)
    lowest = models.PositiveIntegerField(_("lowest"))
    highest = models.PositiveIntegerField(_("highest"))
    source = models.CharField(_("source"), max_length=200)

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="reviews_threshold_within_bounds",
                condition=Q(value__gte=F("lowest"), value__lte=F("highest")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def label(self) -> Sentence:
        """Return what the number is for, in both languages."""
        return Sentence(zh=self.label_zh, en=self.label_en)


class Shortcut(models.Model):
    """The key of an action for everybody who chose none of their own."""

    action = models.CharField(_("action"), max_length=20, primary_key=True)
    key = models.CharField(_("key"), max_length=1)

    class Meta:
        verbose_name = _("shortcut")
        verbose_name_plural = _("shortcuts")
        ordering = ["action"]
        constraints = [
            models.UniqueConstraint(fields=["key"], name="reviews_one_action_a_key"),
        ]

    def __str__(self) -> str:
        return self.action


class OfficeQueue(models.Model):
    """The view an office's queue opens with, and how far ahead it looks."""

    office = models.OneToOneField(
        Office, models.PROTECT, primary_key=True, related_name="+", verbose_name=_("office")
    )
    view = models.CharField(_("opens with"), max_length=20)
    horizon = models.PositiveSmallIntegerField(
        _("working days ahead"),
        help_text=_("Cases due later are shown on demand."),
    )

    class Meta:
        verbose_name = _("queue of an office")
        verbose_name_plural = _("queues of offices")
        ordering = ["office"]
        constraints = [
            models.CheckConstraint(
                name="reviews_queue_looks_ahead",
                condition=Q(horizon__gte=1, horizon__lte=60),
            ),
        ]

    def __str__(self) -> str:
        return str(self.office)
