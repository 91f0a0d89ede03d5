"""Reasons as data: for corrections, refusals, closures and overrides; each wording is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.models import User
from exports.rules import Sentence

WORDS: Final = ("text_zh", "text_en", "clause_zh", "clause_en", "cure_zh", "cure_en")


@dataclass(frozen=True)
class Wording:
    """A reason as it was worded when it was given."""

    code: str
    version: int
    text: Sentence
    clause: Sentence
    cure: Sentence

    @classmethod
    def of(cls, kept: Mapping[str, str | int]) -> "Wording":
        """Return the wording kept as :attr:`Reason.words`."""
        said = {name: str(kept[name]) for name in WORDS}
        return cls(
            code=str(kept["code"]),
            version=int(kept["version"]),
            text=Sentence(zh=said["text_zh"], en=said["text_en"]),
            clause=Sentence(zh=said["clause_zh"], en=said["clause_en"]),
            cure=Sentence(zh=said["cure_zh"], en=said["cure_en"]),
        )


class Reason(models.Model):
    """A coded reason with its clause, its cure and, where it has one, the check behind it.

    The row bears the wording in use; ``versions`` keeps every wording it ever had.
    """

    class Use(models.TextChoices):
        CORRECTION = "correction", _("return for correction")
        REFUSAL = "refusal", _("refusal")
        CLOSURE = "closure", _("closing without decision")
        OVERRIDE = "override", _("issue over a failed check")
        REVOCATION = "revocation", _("revocation of a licence")

    code = models.CharField(_("code"), max_length=8, primary_key=True)
    use = models.CharField(_("use"), max_length=10, choices=Use)
    text_zh = models.CharField(_("text (Chinese)"), max_length=200)
    text_en = models.CharField(_("text (English)"), max_length=200)
    clause_zh = models.CharField(_("clause (Chinese)"), max_length=200, blank=True)
    clause_en = models.CharField(_("clause (English)"), max_length=200, blank=True)
    cure_zh = models.CharField(_("what cures it (Chinese)"), max_length=300, blank=True)
    cure_en = models.CharField(_("what cures it (English)"), max_length=300, blank=True)
    checks = models.JSONField(_("checks"), default=list, blank=True)
    active = models.BooleanField(_("in use"), default=True)
    version = models.PositiveSmallIntegerField(_("version"), default=1, editable=False)

    class Meta:
        verbose_name = _("reason")
        verbose_name_plural = _("reasons")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code

    @property
    def text(self) -> Sentence:
        """Return the reason in both languages."""
        return Sentence(zh=self.text_zh, en=self.text_en)

    @property
    def clause(self) -> Sentence:
        """Return its legal basis in both languages."""
        return Sentence(zh=self.clause_zh, en=self.clause_en)

    @property
    def cure(self) -> Sentence:
        """Return what would mend it in both languages."""
        return Sentence(zh=self.cure_zh, en=self.cure_en)

    @property
    def words(self) -> dict[str, str | int]:
        """Return the present wording, to be kept with what it is given for."""
        said = {name: getattr(self, name) for name in WORDS}
        return {"code": self.code, "version": self.version, **said}


class ReasonVersion(models.Model):
    """One wording of a reason: since when, by whom and why. Written once, never changed."""

    reason = models.ForeignKey(Reason, models.PROTECT, related_name="versions")
    number = models.PositiveSmallIntegerField(_("version"))
    words = models.JSONField(_("wording"))
    since = models.DateTimeField(_("since"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    why = models.CharField(_("why"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("wording")
        verbose_name_plural = _("wordings")
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                fields=["reason", "number"], name="reviews_reason_version_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason_id} {self.number}"
