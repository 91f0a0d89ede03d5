"""Whose name a seal bears: misreadings are forgiven, sister companies are not."""

import pytest

from reviews.checks.rings import Ring, compare

BYD = "比亚迪汽车有限公司"


@pytest.mark.parametrize(
    ("ring", "name"),
    [
        (BYD, BYD),
        ("有限公司比亚迪汽车", BYD),
        ("比亚迪汽车有限公司4403070012345", BYD),
        ("比亚迪汽车有限公司", "比亚迪 汽车有限公司"),
        ("东风本田汽车（中国）有限公司", "东风本田汽车(中国)有限公司"),
        ("比亚迪汽车有限公刁", BYD),
        ("比亚迪汽车有限公", BYD),
    ],
)
def test_the_issuers_name_is_known_however_its_ring_was_read(ring: str, name: str):
    assert compare(ring, name) is Ring.SAME


@pytest.mark.parametrize(
    "ring",
    [
        "比亚迪汽车销售有限公司",
        "比亚迪汽车国际贸易有限公司",
        "比亚迪集团控股有限公司",
        "吉利汽车有限公司",
        "天津海河汽车进出口有限公司",
        "上海汽车集团股份有限公司",
    ],
)
def test_another_company_is_told_even_if_it_is_of_the_same_house(ring: str):
    assert compare(ring, BYD) is Ring.OTHER


@pytest.mark.parametrize(
    "ring",
    [
        "",
        "比亚",
        "汽车",
        "比亚速汽车有限公司",
        "比亚迪汽车工业有限公司",
        "比亚迪股份有限公司",
        "四川某某",
        "★★★",
    ],
)
def test_what_may_be_a_misreading_is_left_to_people(ring: str):
    assert compare(ring, BYD) is Ring.UNSURE


def test_without_a_name_to_compare_nothing_is_said():
    assert compare(BYD, "") is Ring.UNSURE


@pytest.mark.parametrize("name", ["汽车有限公司", "一汽"])
def test_a_name_of_common_words_or_of_two_signs_is_compared_as_a_whole(name: str):
    assert compare("比亚迪汽车有限公司", name) is not Ring.SAME
