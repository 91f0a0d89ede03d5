"""How companies and people come in, and what an office notes about a company's standing."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models.organisations import Exporter, Manufacturer, Office
from exports.models.people import Organisation, Role, User


class Knock(models.Model):
    """Somebody who is no user yet, to be reached by one mailed link.

    The row keeps the digest of the link's secret, never the secret: that is drawn anew from
    ``nonce`` and the installation's key when the mail is written. While ``mail_due_at`` stands,
    the row waits to be mailed.
    """

    email = models.EmailField(_("e-mail"))
    language = models.CharField(_("language"), max_length=10, default="zh-hans")
    nonce = models.CharField(max_length=43)
    token_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("link good until"))
    mail_due_at = models.DateTimeField(_("mail due"), null=True)
    mail_attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)

    class Meta:
        abstract = True


class CompanyRequest(Knock):
    """A company's wish to be registered: its address is proved first, then an office decides."""

    class State(models.TextChoices):
        UNPROVED = "unproved", _("address to be proved")
        WAITING = "waiting", _("waits for the office")
        APPROVED = "approved", _("approved")
        DECLINED = "declined", _("declined")

    uscc = models.CharField(_("unified social credit code"), max_length=18)
    name_zh = models.CharField(_("Chinese name"), max_length=120)
    name_en = models.CharField(_("English name"), max_length=160, blank=True)
    office = models.ForeignKey(Office, models.PROTECT, verbose_name=_("office"))
    filing_number = models.CharField(_("filing number"), max_length=40)
    filed_on = models.DateField(_("filed on"))
    owner_name = models.CharField(_("owner's name"), max_length=80)
    password = models.CharField(max_length=128)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.UNPROVED)
    asked_at = models.DateTimeField(_("asked"))
    decided_at = models.DateTimeField(_("decided"), null=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.TextField(_("reason"), blank=True)

    class Meta:
        verbose_name = _("company to be registered")
        verbose_name_plural = _("companies to be registered")
        indexes = [
            models.Index(
                fields=["office", "id"], condition=Q(state="waiting"), name="exports_company_waits"
            ),
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="exports_company_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """The questions asked about invitations."""

    def of(self, organisation: Organisation) -> Self:
        """Narrow to the invitations of *organisation*."""
        return self.filter(**{str(type(organisation)._meta.model_name): organisation})


class Invitation(Knock):
    """An address invited to act for a company, by a link that works once."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ACCEPTED = "accepted", _("accepted")
        WITHDRAWN = "withdrawn", _("withdrawn")

    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True)
    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, null=True)
    role = models.CharField(_("role"), max_length=10, choices=Role)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    invited_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    invited_at = models.DateTimeField(_("invited"))

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.CheckConstraint(
                name="exports_invitation_to_one_company",
                condition=Q(exporter__isnull=True, manufacturer__isnull=False)
                | Q(exporter__isnull=False, manufacturer__isnull=True),
            ),
            models.UniqueConstraint(
                fields=["exporter", "email"],
                condition=Q(state="open"),
                name="exports_one_open_invitation",
            ),
            models.UniqueConstraint(
                fields=["manufacturer", "email"],
                condition=Q(state="open"),
                name="exports_one_open_officer_invitation",
            ),
        ]
        indexes = [
            models.Index(
                fields=["mail_due_at"],
                condition=Q(mail_due_at__isnull=False),
                name="exports_invitation_mail",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    @property
    def organisation(self) -> "Exporter | Manufacturer":
        """Return the company the invitation is to."""
        company = self.exporter or self.manufacturer
        assert company is not None  # the constraint guarantees it
        return company


class StandingEvent(models.Model):
    """What an office noted about an exporter's standing, and the exporter's answer.

    Source: Announcement 6 of 2024, dynamic management of enterprises and their exit. Standing
    never changes by itself: each change is such an event, also the one that ends it.
    """

    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="standing_events")
    standing = models.CharField(_("standing"), max_length=12, choices=Exporter.Standing)
    text = models.TextField(_("what happened"))
    evidence = models.TextField(_("evidence"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("recorded"))
    review_on = models.DateField(_("to be reviewed on"), null=True, blank=True)
    answer = models.TextField(_("answer"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)

    class Meta:
        verbose_name = _("note on standing")
        verbose_name_plural = _("notes on standing")
        indexes = [models.Index(fields=["exporter", "-id"], name="exports_standing_of")]

    def __str__(self) -> str:
        return f"{self.exporter} {self.recorded_at:%Y-%m-%d}"
