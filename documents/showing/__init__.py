"""What people see of a document: how far it is, its pages, what was read and found on them."""

from documents.showing.pages import PageView, pages_of
from documents.showing.readings import ReadView, Sorted, sorted_out
from documents.showing.seals import SealView
from documents.showing.seen import Record, Seen, seen_on
from documents.showing.states import (
    Standing,
    flags_of,
    is_waiting,
    progress_of,
    refusal_of,
    scanning_is_on,
    standing_of,
    standings_of,
    state_of,
)

__all__ = [
    "PageView",
    "ReadView",
    "Record",
    "SealView",
    "Seen",
    "Sorted",
    "Standing",
    "flags_of",
    "is_waiting",
    "pages_of",
    "progress_of",
    "refusal_of",
    "scanning_is_on",
    "seen_on",
    "sorted_out",
    "standing_of",
    "standings_of",
    "state_of",
]
