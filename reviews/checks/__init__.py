"""The automated checks: facts in, explained findings out, the same for every face.

Pure. ``run`` judges, ``CHECKS`` is the table in the order people read it, ``affected_by``
tells what a change must run again, ``to_json`` and ``from_json`` keep facts for replay.
"""

# Importing a module enters its checks, so the order here is the order of the table.
from reviews.checks import vin  # isort: skip
from reviews.checks import registration  # isort: skip
from reviews.checks import age  # isort: skip
from reviews.checks import confirmation  # isort: skip
from reviews.checks import papers  # isort: skip
from reviews.checks import exporter  # isort: skip
from reviews.checks import destination  # isort: skip
from reviews.checks import signals  # isort: skip
from reviews.checks import opinions  # isort: skip
from reviews.checks.codec import from_json, to_json
from reviews.checks.model import Facts, Finding, Outcome
from reviews.checks.registry import CHECKS, CODE_VERSION, affected_by, concerning, run

__all__ = [
    "CHECKS",
    "CODE_VERSION",
    "Facts",
    "Finding",
    "Outcome",
    "affected_by",
    "age",
    "concerning",
    "confirmation",
    "destination",
    "exporter",
    "from_json",
    "opinions",
    "papers",
    "registration",
    "run",
    "signals",
    "to_json",
    "vin",
]
