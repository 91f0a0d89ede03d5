"""Refusals and law sentences in the reader's language."""

from django.utils.translation import get_language, gettext

from exports.errors import DomainError, plain
from exports.rules import Sentence


def explain(refusal: DomainError) -> str:
    """Return *refusal* as a sentence in the active language."""
    return gettext(refusal.text) % {key: plain(value) for key, value in refusal.facts.items()}


def say(sentence: Sentence) -> str:
    """Return the half of a bilingual *sentence* that the active language asks for."""
    return sentence.in_language(get_language() or "zh-hans")
