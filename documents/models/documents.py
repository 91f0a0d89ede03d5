"""Uploaded files and what became of them."""

import uuid
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exports.models import Application, Exporter, User, Vehicle


class DocumentQuerySet(models.QuerySet["Document"]):
    """The questions asked about documents."""

    def visible_to(self, user: User) -> Self:
        """Narrow to the documents of the exporter *user* acts for."""
        return self.filter(exporter=user.exporter) if user.exporter else self.none()


class Document(models.Model):
    """A file of an exporter, stored under its SHA-256 and never changed.

    ``state`` is the pipeline, ``received`` → ``scanned`` → ``opened`` → ``pictured`` → ``read`` →
    ``examined`` → ``ready``: each names the last step done. It ends early as ``infected`` (the
    bytes are destroyed), ``broken`` (nobody can open it) or ``refused`` (the house rules forbid
    it), each with a sentence; what could not be tried any more is ``dead`` until staff retry it.
    ``stopped_at`` keeps the state a dead document resumes from; ``hindrance`` says what a waiting
    one waits for.
    """

    class Kind(models.TextChoices):
        CONFIRMATION = "confirmation", _("after-sales service confirmation")
        CERTIFICATE = "certificate", _("registration certificate")
        INSPECTION = "inspection", _("inspection report")
        CONTRACT = "contract", _("contract")
        DECLARATION = "declaration", _("target-market declaration")
        INVOICE = "invoice", _("purchase invoice")
        OTHER = "other", _("other paper")

    class State(models.TextChoices):
        RECEIVED = "received", _("waiting for the virus scan")
        SCANNED = "scanned", _("scanned")
        OPENED = "opened", pgettext_lazy("document", "opened")
        PICTURED = "pictured", _("pages drawn")
        READ = "read", pgettext_lazy("document", "read")
        EXAMINED = "examined", _("examined")
        READY = "ready", _("ready")
        INFECTED = "infected", _("infected")
        BROKEN = "broken", _("cannot be opened")
        REFUSED = "refused", pgettext_lazy("document", "refused")
        DEAD = "dead", _("could not be worked on yet")

    class Hindrance(models.TextChoices):
        SCANNER = "scanner", _("the virus scanner cannot be reached")
        SPACE = "space", _("the storage is full")

    UNDER_WAY = (
        State.RECEIVED,
        State.SCANNED,
        State.OPENED,
        State.PICTURED,
        State.READ,
        State.EXAMINED,
    )
    REJECTED = (State.INFECTED, State.BROKEN, State.REFUSED)

    key = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    exporter = models.ForeignKey(Exporter, models.PROTECT, related_name="documents")
    kind = models.CharField(_("kind"), max_length=14, choices=Kind)
    name = models.CharField(_("file name"), max_length=200)
    content_type = models.CharField(_("type"), max_length=40)
    size = models.PositiveIntegerField(_("size"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    uploaded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField(_("uploaded"))
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.RECEIVED)
    refusal = models.CharField(max_length=30, blank=True)
    refusal_facts = models.JSONField(default=dict)
    flags = models.JSONField(default=list)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    stopped_at = models.CharField(max_length=10, blank=True)
    scanned_by = models.CharField(_("scanned by"), max_length=80, blank=True)
    hindrance = models.CharField(max_length=10, choices=Hindrance, blank=True)
    opened_at = models.DateTimeField(_("opened"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        constraints = [
            models.UniqueConstraint(
                fields=["exporter", "sha256", "kind"],
                condition=Q(withdrawn_at__isnull=True),
                name="documents_same_bytes_once",
            ),
            models.CheckConstraint(
                name="documents_refused_with_a_reason",
                condition=Q(refusal__gt="") | ~Q(state__in=["infected", "broken", "refused"]),
            ),
        ]
        indexes = [
            models.Index(
                fields=["uploaded_at"],
                condition=Q(
                    state__in=["received", "scanned", "opened", "pictured", "read", "examined"]
                ),
                name="documents_waiting",
            ),
            models.Index(fields=["sha256"], name="documents_same_bytes"),
            models.Index(fields=["exporter", "-id"], name="documents_of_exporter"),
        ]

    def __str__(self) -> str:
        return self.name


class Page(models.Model):
    """The picture and the text of one page; people look at the picture, never at the original.

    ``lines`` are what was read, each ``{"text", "box", "confidence"}`` with the box as fractions
    of the upright picture (left, top, width, height). ``source`` tells whether they come from the
    file's text layer or from looking at the picture; where both were read and differ,
    ``disagreements`` holds each as ``{"layer", "picture", "box"}``. ``long_side_mm`` is known only
    where the file states a paper size. ``mark`` is the perceptual hash of the
    picture, in hexadecimal; its four quarters are indexed, so that near twins share one.
    ``display`` is a lighter drawing of ``image`` for screens, empty until it is made.
    """

    class Source(models.TextChoices):
        NONE = "none", _("not read")
        LAYER = "layer", _("text layer")
        PICTURE = "picture", _("picture")
        FAILED = "failed", _("could not be read")

    document = models.ForeignKey(Document, models.CASCADE, related_name="pages")
    number = models.PositiveSmallIntegerField(_("page"))
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    image = models.CharField(max_length=120)
    display = models.CharField(max_length=120, blank=True)
    text = models.TextField(blank=True)
    lines = models.JSONField(default=list)
    source = models.CharField(max_length=7, choices=Source, default=Source.NONE)
    turned = models.PositiveSmallIntegerField(default=0)
    long_side_mm = models.FloatField(null=True)
    disagreements = models.JSONField(default=list)
    mark = models.CharField(max_length=16, blank=True)
    mark_a = models.PositiveIntegerField(null=True)
    mark_b = models.PositiveIntegerField(null=True)
    mark_c = models.PositiveIntegerField(null=True)
    mark_d = models.PositiveIntegerField(null=True)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["document", "number"], name="documents_page_once"),
        ]
        indexes = [
            models.Index(fields=[quarter], name=f"documents_{quarter}")
            for quarter in ("mark_a", "mark_b", "mark_c", "mark_d")
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.number}"


class Attachment(models.Model):
    """A document used in an application, for the whole batch or for one vehicle."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="attachments")
    document = models.ForeignKey(Document, models.PROTECT, related_name="attachments")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, blank=True)
    attached_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(_("attached"))

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        constraints = [
            models.UniqueConstraint(
                fields=["application", "document", "vehicle"],
                condition=Q(vehicle__isnull=False),
                name="documents_attached_once_a_vehicle",
            ),
            models.UniqueConstraint(
                fields=["application", "document"],
                condition=Q(vehicle__isnull=True),
                name="documents_attached_once_a_batch",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application} · {self.document}"
