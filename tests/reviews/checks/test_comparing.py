import pytest

from exports.rules import Sentence
from reviews.checks.comparing import difference, same


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        ("（中国）ＢＹＤ", "(中国)byd", True),
        ("BYD 7000-A", "byd7000a", True),
        ("BYD7000A", "BYD7000B", False),
        ("", "", False),
        (" ", "-", False),
    ],
)
def test_texts_are_equal_but_for_width_spaces_hyphens_and_case(one, other, equal):
    assert same(one, other) is equal


def test_the_first_differences_are_named():
    assert difference("abc", "abd") == Sentence(
        zh="第3位“C”与“D”不同", en='character 3 "C" against "D"'
    )
    assert difference("abcd", "wxyz").en.endswith('character 3 "C" against "Y" and more')
    assert difference("ab", "a").zh == "第2位“B”与“”不同"
