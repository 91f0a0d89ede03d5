"""Questions to another ministry about one point of a case, and what it answered."""

from datetime import datetime
from typing import Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from exports.models import Ministry, Office, User
from exports.rules import Sentence
from reviews.models.cases import SEES_ALL, Case


class Point(models.TextChoices):
    """What can be asked; each point is one ministry's to answer and needs its own few facts."""

    LISTING = "listing", _("listing of the letter's issuer")
    REGISTRATION = "registration", _("registration of the vehicle")
    DECLARATION = "declaration", _("customs declaration of the vehicle")


class OpinionTerm(models.Model):
    """Who answers a point, and within how many working days.

    Two days are a practice of the house: no published clause sets the term between ministries.
    """

    point = models.CharField(_("point"), max_length=12, primary_key=True, choices=Point)
    ministry = models.ForeignKey(Ministry, models.PROTECT, verbose_name=_("ministry"))
    days = models.PositiveSmallIntegerField(_("working days"), default=2)

    class Meta:
        verbose_name = _("term of opinions")
        verbose_name_plural = _("terms of opinions")
        ordering = ["point"]
        constraints = [
            models.CheckConstraint(
                name="reviews_opinion_term_known", condition=Q(days__range=(1, 30))
            )
        ]

    def __str__(self) -> str:
        return str(self.get_point_display())


class OpinionCode(models.Model):
    """A coded answer to a point, and whether it speaks for the case or against it."""

    class Weight(models.TextChoices):
        FOR = "for", _("speaks for it")
        AGAINST = "against", _("speaks against it")
        NEUTRAL = "neutral", _("settles nothing")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    point = models.CharField(_("point"), max_length=12, choices=Point)
    text_zh = models.CharField(_("text (Chinese)"), max_length=200)
    text_en = models.CharField(_("text (English)"), max_length=200)
    weight = models.CharField(_("weight"), max_length=8, choices=Weight)
    active = models.BooleanField(_("in use"), default=True)

    class Meta:
        verbose_name = _("coded opinion")
        verbose_name_plural = _("coded opinions")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def text(self) -> Sentence:
        """Return the answer in both languages."""
        return Sentence(zh=self.text_zh, en=self.text_en)


class OpinionQuerySet(models.QuerySet["Opinion"]):
    """The questions asked about opinions."""

    def visible_to(self, user: User) -> Self:
        """Narrow to what *user* may see: a ministry its own, an office its jurisdiction's.

        An exporter or manufacturer sees none; what a ministry is asked is between offices.
        """
        if user.ministry:
            return self.filter(ministry=user.ministry)
        office = user.office
        if office is None:
            return self.none()
        if office.level == Office.Level.NATIONAL or user.role in SEES_ALL:
            return self
        return self.filter(case__office__in=office.jurisdiction)

    def open(self) -> Self:
        """Narrow to what waits for its answer."""
        return self.filter(state=Opinion.State.ASKED)


class Opinion(models.Model):
    """One question to another ministry, with what it was shown and what it answered.

    ``shown`` are the facts the point needs and ``papers`` the pages, as they stood when it was
    asked; nothing else of the case is seen. ``letter`` is the key of the letter a question of
    listing is about. Once answered it never changes (a trigger holds that too).
    """

    class State(models.TextChoices):
        ASKED = "asked", _("asked")
        ANSWERED = "answered", _("answered")
        WITHDRAWN = "withdrawn", _("withdrawn")

    number = models.CharField(_("number"), max_length=16, unique=True)
    case = models.ForeignKey(Case, models.PROTECT, related_name="opinions")
    point = models.CharField(_("point"), max_length=12, choices=Point)
    ministry = models.ForeignKey(Ministry, models.PROTECT, verbose_name=_("ministry"))
    vin = models.CharField(_("VIN"), max_length=17)
    letter = models.CharField(max_length=20, blank=True)
    question = models.TextField(_("question"), blank=True)
    shown = models.JSONField(default=dict)
    papers = models.JSONField(default=list)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    due_at = models.DateTimeField(_("due"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.ASKED)
    code = models.ForeignKey(OpinionCode, models.PROTECT, null=True, verbose_name=_("answer"))
    text = models.TextField(_("grounds"), blank=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(_("answered"), null=True)
    withdrawn_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    withdrawn_because = models.TextField(_("withdrawn because"), blank=True)

    objects = OpinionQuerySet.as_manager()

    class Meta:
        verbose_name = _("opinion of another ministry")
        verbose_name_plural = _("opinions of other ministries")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case", "point", "vin"],
                condition=Q(state="asked"),
                name="reviews_opinion_asked_once",
            ),
            models.CheckConstraint(
                name="reviews_opinion_answered_whole",
                condition=Q(
                    state="answered",
                    code__isnull=False,
                    answered_by__isnull=False,
                    answered_at__isnull=False,
                )
                | Q(
                    state__in=["asked", "withdrawn"],
                    code__isnull=True,
                    answered_by__isnull=True,
                    answered_at__isnull=True,
                ),
            ),
            models.CheckConstraint(
                name="reviews_opinion_withdrawn_at_some_time",
                condition=Q(state="withdrawn", withdrawn_at__isnull=False)
                | Q(state__in=["asked", "answered"], withdrawn_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(state="asked"), name="reviews_opinion_open"
            ),
            models.Index(fields=["ministry", "state", "due_at"], name="reviews_opinion_ministry"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        """Return the page on which its ministry answers."""
        return reverse("opinions:opinion", args=[self.number])

    @property
    def is_open(self) -> bool:
        """Tell whether it waits for its answer."""
        return self.state == self.State.ASKED

    def is_late(self, at: datetime) -> bool:
        """Tell whether the answer is overdue at *at*."""
        return self.is_open and self.due_at < at
