"""Reasons as data: for corrections, refusals, closures and overrides."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exports.rules import Sentence


class Reason(models.Model):
    """A coded reason with its clause, its cure and, where it has one, the check behind it."""

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
