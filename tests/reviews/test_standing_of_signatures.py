"""What an electronic signature proves to the checks."""

import pytest

from documents.models import Signature
from reviews.paper_facts import of_signature


@pytest.mark.parametrize(
    ("standing", "codes", "seen"),
    [
        ("valid", [], "valid"),
        ("altered", ["content_replaced"], "altered"),
        ("altered", ["signed_again", "notes_added"], "altered"),
        ("altered", ["signed_again", "evidence_added"], "valid"),
        ("altered", ["signed_bytes"], "altered"),
        ("expired", ["expired_since"], "expired"),
        ("broken", ["unreadable"], "unverifiable"),
        ("broken", ["forged"], "broken"),
    ],
)
def test_a_later_signature_is_a_doubt_and_a_changed_page_is_a_fault(standing, codes, seen):
    signature = Signature(
        standing=standing,
        covers_whole=standing == "valid",
        changes=[{"code": code} for code in codes],
    )

    facts = of_signature(signature)

    assert facts.standing == seen
    assert facts.covers_whole is (standing == "valid")
