"""The table of states itself; what the services make of it is in test_lifecycle."""

import pytest

from reviews.states import BALL, FINAL, OPEN, TRANSITIONS, Ball, Status

ARROWS = {
    ("checking", "in_review"),
    ("checking", "withdrawn"),
    ("in_review", "held"),
    ("in_review", "settling"),
    ("in_review", "withdrawn"),
    ("returned", "checking"),
    ("returned", "withdrawn"),
    ("returned", "lapsed"),
    ("held", "settling"),
    ("held", "in_review"),
    ("settling", "issued"),
    ("settling", "refused"),
    ("settling", "returned"),
    ("settling", "in_review"),
    ("settling", "held"),
}


def test_the_table_has_these_arrows_and_no_other():
    table = {(origin.value, to.value) for origin, onward in TRANSITIONS.items() for to in onward}

    assert table == ARROWS


def test_every_state_has_its_row_and_its_ball():
    assert set(TRANSITIONS) == set(Status) == set(BALL)


def test_every_state_is_reached_from_the_first():
    reached = {Status.CHECKING}
    while found := {to for origin in reached for to in TRANSITIONS[origin]} - reached:
        reached |= found

    assert reached == set(Status)


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_state_leads_to_an_end(status: Status):
    reached = {status}
    while found := {to for origin in reached for to in TRANSITIONS[origin]} - reached:
        reached |= found

    assert reached & FINAL


def test_the_ball_lies_with_nobody_exactly_when_it_is_over():
    assert {status for status, ball in BALL.items() if ball is Ball.NOBODY} == FINAL
    assert set(Status) == OPEN | FINAL
    assert not OPEN & FINAL
