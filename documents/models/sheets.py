"""Spreadsheets of vehicles: read once, mended row by row, saved as vehicles and drafts."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.models import Application, Exporter, User, Vehicle


class SheetQuerySet(models.QuerySet["Sheet"]):
    """The questions asked about spreadsheets."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the spreadsheets of the exporter *user* acts for."""
        return self.filter(exporter=user.exporter) if user.exporter else self.none()


class Sheet(models.Model):
    """One uploaded spreadsheet, and how far its vehicles are.

    ``received`` → ``columns`` (a person says what each column holds; passed over when all are
    known) → ``checking`` → ``checked`` → ``saving`` → ``checked`` …; ``merged`` where its rows
    went back into the spreadsheet they were downloaded from, ``broken`` with a sentence, ``dead``
    where the work was given up, ``discarded`` by a person.

    ``columns`` names for each column of ``heads`` the field it holds, empty for none. ``fallback``
    is what rows that name no destination, port or contract take. ``remarks`` count what was
    passed over while reading. ``undo`` holds the cells of the last repair as they were.
    """

    class State(models.TextChoices):
        RECEIVED = "received", _("waiting to be read")
        COLUMNS = "columns", _("columns to be named")
        CHECKING = "checking", _("being checked")
        CHECKED = "checked", pgettext_lazy("sheet", "checked")
        SAVING = "saving", _("being saved")
        MERGED = "merged", _("merged into an earlier one")
        BROKEN = "broken", _("cannot be read")
        DEAD = "dead", _("could not be worked on yet")
        DISCARDED = "discarded", pgettext_lazy("sheet", "discarded")

    WORKING = (State.RECEIVED, State.CHECKING, State.SAVING)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="sheets")
    name = models.CharField(_("file name"), max_length=200)
    kind = models.CharField(max_length=4)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.RECEIVED)
    problem = models.CharField(max_length=30, blank=True)
    problem_facts = models.JSONField(default=dict)
    hindrance = models.CharField(max_length=10, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    tab = models.CharField(max_length=100, blank=True)
    heads = models.JSONField(default=list)
    columns = models.JSONField(default=list)
    fingerprint = models.CharField(max_length=64, blank=True)
    remarks = models.JSONField(default=dict)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    fallback = models.JSONField(default=dict)
    undo = models.JSONField(default=list)
    round = models.PositiveSmallIntegerField(default=0)
    began_at = models.DateTimeField(null=True)
    watched_at = models.DateTimeField(null=True)
    merged_into = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")
    worked_for = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = SheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("spreadsheet")
        verbose_name_plural = _("spreadsheets")
        constraints = [
            models.UniqueConstraint(
                fields=["exporter", "sha256"],
                condition=Q(state__in=["received", "columns", "checking", "checked", "saving"]),
                name="documents_sheet_once",
            ),
            models.CheckConstraint(
                name="documents_sheet_broken_with_a_reason",
                condition=Q(problem__gt="") | ~Q(state="broken"),
            ),
        ]
        indexes = [
            models.Index(fields=["exporter", "-id"], name="documents_sheets_of_exporter"),
            models.Index(
                fields=["lease_until"],
                condition=Q(state__in=["received", "checking", "saving"]),
                name="documents_sheets_working",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SheetRow(models.Model):
    """One row of a spreadsheet.

    ``cells`` is the row as read, ``edits`` what people changed since, by field; ``facts`` what
    both say once read, ``problems`` why it cannot be saved, ``warnings`` what to look at. Each
    problem is ``{"field", "code", "wrote", "fix", …}``. ``confirmed`` are the tokens of doubts
    that a person found printed so. ``exempt`` is the rule's answer on the day of the check.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting to be checked")
        BAD = "bad", _("needs fixing")
        READY = "ready", pgettext_lazy("row", "ready")
        KNOWN = "known", _("in your fleet already")
        TWICE = "twice", _("twice in the file")
        LIVE = "live", _("in an application under way")
        SAVED = "saved", pgettext_lazy("row", "saved")

    OPEN = (State.READY, State.KNOWN)

    sheet = models.ForeignKey(Sheet, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField(_("row"))
    cells = models.JSONField(default=list)
    edits = models.JSONField(default=dict)
    facts = models.JSONField(default=dict)
    problems = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    confirmed = models.JSONField(default=list)
    differs = models.JSONField(default=list)
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    exempt = models.BooleanField(default=False)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="+")
    application = models.ForeignKey(Application, models.SET_NULL, null=True, related_name="+")

    class Meta:
        verbose_name = _("row of a spreadsheet")
        verbose_name_plural = _("rows of spreadsheets")
        ordering = ["number", "pk"]
        indexes = [
            models.Index(fields=["sheet", "state", "number"], name="documents_sheet_rows"),
            models.Index(fields=["sheet", "vin"], name="documents_sheet_vins"),
        ]

    def __str__(self) -> str:
        return f"{self.sheet} {self.number}"


class ColumnMemory(models.Model):
    """What an exporter's own headers mean: said once, remembered by their fingerprint."""

    exporter = models.ForeignKey(Exporter, models.CASCADE, related_name="+")
    fingerprint = models.CharField(max_length=64)
    columns = models.JSONField(default=list)
    named_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField()

    class Meta:
        verbose_name = _("remembered columns")
        verbose_name_plural = _("remembered columns")
        constraints = [
            models.UniqueConstraint(
                fields=["exporter", "fingerprint"], name="documents_columns_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.exporter} {self.fingerprint[:8]}"
