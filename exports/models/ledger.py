"""The ledger: who did what to which object."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Head(models.Model):
    """The end of the chain. Its row lock puts writers in one order."""

    seq = models.PositiveBigIntegerField(default=0)
    mac = models.CharField(max_length=64, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(name="exports_head_only_one", condition=Q(id=1)),
        ]

    def __str__(self) -> str:
        return f"{self.seq}:{self.mac}"


class Event(models.Model):
    """One act, chained to the act before it.

    Subjects are labels and keys, no foreign keys: the ledger outlives what it speaks of. Triggers
    refuse update and delete on PostgreSQL and SQLite.
    """

    seq = models.PositiveBigIntegerField(_("number"), primary_key=True)
    at = models.DateTimeField(_("at"))
    actor = models.CharField(_("who"), max_length=120, blank=True)
    actor_key = models.CharField(max_length=40, blank=True)
    on_behalf_of = models.CharField(_("for"), max_length=160, blank=True)
    action = models.CharField(_("what"), max_length=60)
    subject = models.CharField(_("object"), max_length=40)
    subject_key = models.CharField(_("reference"), max_length=80)
    before = models.JSONField(_("before"), default=dict)
    after = models.JSONField(_("after"), default=dict)
    note = models.TextField(_("note"), blank=True)
    request_id = models.CharField(_("request"), max_length=64, blank=True)
    previous = models.CharField(max_length=64, blank=True)
    mac = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("event")
        verbose_name_plural = _("ledger")
        ordering = ["-seq"]
        indexes = [
            models.Index(fields=["subject", "subject_key", "-seq"], name="exports_event_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.seq} {self.action} {self.subject_key}"
