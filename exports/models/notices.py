"""Something to tell a person, and each attempt to tell it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models.people import User


class NoticeQuerySet(models.QuerySet["Notice"]):
    """The questions asked about notices."""

    def unread(self, user: User) -> int:
        """Count what *user* has not opened, up to a hundred."""
        return self.filter(to=user, read_at__isnull=True)[:100].count()


class Notice(models.Model):
    """A message to one person, sent by mail and kept in their inbox.

    ``effect_key`` is unique: whatever runs twice, a person is told once. The row is the queue: it
    waits while ``state`` is ``waiting``.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        SENT = "sent", _("sent")
        DEAD = "dead", _("given up")
        DISCARDED = "discarded", _("discarded")
        GATHERED = "gathered", _("waits for the daily summary")
        SUMMED = "summed", _("in the daily summary")
        KEPT = "kept", _("in the inbox only")

    to = models.ForeignKey(User, models.PROTECT, related_name="notices")
    template = models.CharField(max_length=60)
    facts = models.JSONField(default=dict)
    path = models.CharField(max_length=200, blank=True)
    effect_key = models.CharField(max_length=160, unique=True)
    queued_at = models.DateTimeField(_("queued"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    next_at = models.DateTimeField(_("next attempt"))
    lease_until = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    read_at = models.DateTimeField(_("read"), null=True)

    objects = NoticeQuerySet.as_manager()

    class Meta:
        verbose_name = _("notice")
        verbose_name_plural = _("notices")
        indexes = [
            models.Index(
                fields=["next_at"], condition=Q(state="waiting"), name="exports_notice_waiting"
            ),
            models.Index(fields=["to", "-id"], name="exports_notice_inbox"),
            models.Index(
                fields=["queued_at"],
                condition=Q(state="gathered"),
                name="exports_notice_gathered",
            ),
            models.Index(
                fields=["to"], condition=Q(read_at__isnull=True), name="exports_notice_unread"
            ),
        ]

    def __str__(self) -> str:
        return self.effect_key


class Delivery(models.Model):
    """One attempt to deliver a notice."""

    notice = models.ForeignKey(Notice, models.CASCADE, related_name="deliveries")
    at = models.DateTimeField(_("at"))
    delivered = models.BooleanField(_("delivered"))
    error = models.TextField(_("error"), blank=True)

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")

    def __str__(self) -> str:
        return f"{self.notice} {self.at:%Y-%m-%d %H:%M}"


class NoticePreference(models.Model):
    """How a person wants to hear of what is not urgent, and when mail should be silent.

    Without a row everything is mailed at once. What is urgent is mailed at once whatever stands
    here. Quiet hours are Shanghai time; they may cross midnight.
    """

    class Mode(models.TextChoices):
        AT_ONCE = "at_once", _("by mail at once")
        DAILY = "daily", _("in one mail a day")
        INBOX = "inbox", _("in the inbox only")

    user = models.OneToOneField(User, models.CASCADE, related_name="notice_preference")
    decisions = models.CharField(_("decisions"), max_length=8, choices=Mode, default=Mode.AT_ONCE)
    progress = models.CharField(_("progress"), max_length=8, choices=Mode, default=Mode.AT_ONCE)
    quiet_from = models.TimeField(_("quiet from"), null=True, blank=True)
    quiet_until = models.TimeField(_("quiet until"), null=True, blank=True)

    class Meta:
        verbose_name = _("notice preference")
        verbose_name_plural = _("notice preferences")
        constraints = [
            models.CheckConstraint(
                name="exports_quiet_hours_have_both_ends",
                condition=Q(quiet_from__isnull=True, quiet_until__isnull=True)
                | Q(quiet_from__isnull=False, quiet_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.user)
