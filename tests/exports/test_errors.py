"""Refusals: each with its code, its status and a sentence a person can act on."""

import re

import pytest
from django.utils import translation
from django.utils.functional import lazy

from exports import errors
from exports.wording import explain


def descendants(kind: type[errors.DomainError]) -> list[type[errors.DomainError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in descendants(child))]


REFUSALS = descendants(errors.DomainError)


def facts_for(kind: type[errors.DomainError]) -> dict[str, object]:
    names = re.findall(r"%\((\w+)\)([sd])", kind.text)
    return {name: 7 if letter == "d" else "E2026-000001" for name, letter in names}


@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_says_itself_in_english_for_the_log(kind: type[errors.DomainError]):
    refusal = kind(**facts_for(kind))

    assert "%(" not in str(refusal)
    assert str(refusal).endswith((".", "E2026-000001"))
    assert 400 <= refusal.status < 500


def test_every_refusal_has_a_code_of_its_own():
    codes = [kind.code for kind in REFUSALS]

    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("kind", REFUSALS)
def test_a_refusal_is_explained_in_the_readers_language(
    kind: type[errors.DomainError], language: str
):
    with translation.override(language):
        sentence = explain(kind(**facts_for(kind)))

    assert sentence
    assert "%(" not in sentence


def test_a_lazy_fact_is_said_in_the_language_of_the_moment():
    refusal = errors.ReasonNeeded(what=lazy(translation.get_language, str)())

    for language in ("en", "zh-hans"):
        with translation.override(language):
            assert language in explain(refusal)
