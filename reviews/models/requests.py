"""Questions to the exporter, item by item."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from documents.models import Document
from exports.models import Line, User
from reviews.models.cases import Case
from reviews.models.reasons import Reason, Wording


class Request(models.Model):
    """A request for information or correction; while one is open, the clock stands still."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="requests")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked"))
    sent_at = models.DateTimeField(_("sent"), null=True)
    answer_by = models.DateTimeField(_("answer by"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["case"],
                condition=Q(answered_at__isnull=True, closed_at__isnull=True),
                name="reviews_one_open_request",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case} {self.asked_at:%Y-%m-%d}"


class RequestItem(models.Model):
    """One point of a request, tied to a field or a kind of document."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        ACCEPTED = "accepted", _("accepted")
        REPEATED = "repeated", _("asked again")

    request = models.ForeignKey(Request, models.PROTECT, related_name="items")
    reason = models.ForeignKey(Reason, models.PROTECT, verbose_name=_("reason"))
    words = models.JSONField(default=dict)
    line = models.ForeignKey(Line, models.PROTECT, null=True, blank=True, related_name="+")
    field = models.CharField(_("field"), max_length=40, blank=True)
    document_kind = models.CharField(
        _("document"), max_length=14, blank=True, choices=Document.Kind
    )
    check_id = models.CharField(_("check"), max_length=8, blank=True)
    question = models.TextField(_("question"), blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    answer = models.TextField(_("answer"), blank=True)

    class Meta:
        verbose_name = _("request item")
        verbose_name_plural = _("request items")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="reviews_item_tied_to_something",
                condition=~Q(field="") | ~Q(document_kind="") | ~Q(question=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.field or self.document_kind}"

    @property
    def given(self) -> Wording:
        """Return the reason as it was worded when it was given."""
        return Wording.of(self.words)
