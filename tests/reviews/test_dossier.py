"""What the file of a batch says before it is filed."""

from reviews.dossier import letters_task


def test_without_vehicles_nobody_knows_which_letters_are_needed():
    assert letters_task([]).state == "unknown"
