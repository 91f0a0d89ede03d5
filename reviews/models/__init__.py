"""The objects of the judgement."""

from reviews.models.bulk import MOST_CASES, BulkItem, BulkJob
from reviews.models.cases import STATUS_LABELS, Case, Holiday, Interval
from reviews.models.decisions import Decision
from reviews.models.findings import CheckRun, Finding
from reviews.models.lane import LaneClosure, LanePolicy, LaneSample, LaneSheet, LaneTile
from reviews.models.licences import Licence, LicenceLine
from reviews.models.looks import Look
from reviews.models.notes import Mention, Note
from reviews.models.preferences import Preferences
from reviews.models.reasons import Reason
from reviews.models.requests import Request, RequestItem
from reviews.models.settlements import Settlement

__all__ = [
    "MOST_CASES",
    "STATUS_LABELS",
    "BulkItem",
    "BulkJob",
    "Case",
    "CheckRun",
    "Decision",
    "Finding",
    "Holiday",
    "Interval",
    "LaneClosure",
    "LanePolicy",
    "LaneSample",
    "LaneSheet",
    "LaneTile",
    "Licence",
    "LicenceLine",
    "Look",
    "Mention",
    "Note",
    "Preferences",
    "Reason",
    "Request",
    "RequestItem",
    "Settlement",
]
