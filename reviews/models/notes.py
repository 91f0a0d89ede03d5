"""What the office tells itself about a case, an exporter or a maker."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exports.models import Exporter, Manufacturer, Office, User
from reviews.models.cases import Case

LONGEST_NOTE = 4000


class NoteQuerySet(models.QuerySet["Note"]):
    """The questions asked about notes."""

    def standing(self) -> "NoteQuerySet":
        """Leave out what a later note corrects."""
        return self.filter(correction__isnull=True)

    def with_words(self) -> "NoteQuerySet":
        """Bring what a line of the list says: who wrote it, and what corrects or was corrected."""
        return self.select_related("author", "office", "corrects", "correction")


class Note(models.Model):
    """An internal note on one case, or pinned on an exporter or a maker; exporters see none.

    A note is never changed. What was wrong is written anew and ``corrects`` the old one, which
    stays to be read.
    """

    case = models.ForeignKey(Case, models.PROTECT, null=True, related_name="notes")
    exporter = models.ForeignKey(Exporter, models.PROTECT, null=True, related_name="notes")
    manufacturer = models.ForeignKey(Manufacturer, models.PROTECT, null=True, related_name="notes")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    office = models.ForeignKey(Office, models.PROTECT, related_name="+")
    written_at = models.DateTimeField(_("written"))
    text = models.TextField(_("note"), max_length=LONGEST_NOTE)
    corrects = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="correction", verbose_name=_("corrects")
    )

    objects = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="reviews_note_about_one",
                condition=Q(case__isnull=False, exporter__isnull=True, manufacturer__isnull=True)
                | Q(case__isnull=True, exporter__isnull=False, manufacturer__isnull=True)
                | Q(case__isnull=True, exporter__isnull=True, manufacturer__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["case", "-id"], condition=Q(case__isnull=False), name="reviews_note_case"
            ),
            models.Index(
                fields=["exporter", "-id"],
                condition=Q(exporter__isnull=False),
                name="reviews_note_exporter",
            ),
            models.Index(
                fields=["manufacturer", "-id"],
                condition=Q(manufacturer__isnull=False),
                name="reviews_note_maker",
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"

    @property
    def about(self) -> Case | Exporter | Manufacturer:
        """Return what the note is about."""
        subject = self.case or self.exporter or self.manufacturer
        assert subject is not None  # the constraint guarantees it
        return subject


class Mention(models.Model):
    """A colleague who is to read a note."""

    note = models.ForeignKey(Note, models.CASCADE, related_name="mentions")
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    read_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = [
            models.UniqueConstraint(fields=["note", "user"], name="reviews_mentioned_once"),
        ]
        indexes = [
            models.Index(fields=["user", "-id"], name="reviews_mention_inbox"),
            models.Index(
                fields=["user"], condition=Q(read_at__isnull=True), name="reviews_mention_unread"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} · {self.note}"
