"""The objects of the judgement."""

from reviews.models.absences import Absence
from reviews.models.board import Backlog, BoardMark, DayCount, DayOutcome, OpenCase
from reviews.models.bulk import BULK_ACTS, MOST_CASES, BulkItem, BulkJob
from reviews.models.cases import STATUS_LABELS, Case, Holiday, Interval
from reviews.models.decisions import Decision
from reviews.models.doubts import LicenceDoubt
from reviews.models.findings import CaseFlag, CheckRun, Finding
from reviews.models.lane import LaneClosure, LanePolicy, LaneSample, LaneSheet, LaneTile
from reviews.models.licences import Licence, LicenceLine
from reviews.models.looks import Look
from reviews.models.notes import Mention, Note
from reviews.models.opinions import Opinion, OpinionCode, OpinionTerm, Point
from reviews.models.preferences import Preferences
from reviews.models.reasons import Reason, ReasonVersion, Wording
from reviews.models.requests import Request, RequestItem
from reviews.models.settings import OfficeQueue, Shortcut, Threshold
from reviews.models.settlements import Settlement
from reviews.models.uses import LicenceUse, Replacement
from reviews.models.views import SavedView

__all__ = [
    "BULK_ACTS",
    "MOST_CASES",
    "STATUS_LABELS",
    "Absence",
    "Backlog",
    "BoardMark",
    "BulkItem",
    "BulkJob",
    "Case",
    "CaseFlag",
    "CheckRun",
    "DayCount",
    "DayOutcome",
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
    "LicenceDoubt",
    "LicenceLine",
    "LicenceUse",
    "Look",
    "Mention",
    "Note",
    "OfficeQueue",
    "OpenCase",
    "Opinion",
    "OpinionCode",
    "OpinionTerm",
    "Point",
    "Preferences",
    "Reason",
    "ReasonVersion",
    "Replacement",
    "Request",
    "RequestItem",
    "SavedView",
    "Settlement",
    "Shortcut",
    "Threshold",
    "Wording",
]
