"""Deferred work of spreadsheets."""

import time
from typing import Final

from celery import shared_task
from django.utils import timezone

from documents.sheets import working
from exports.kicks import kick

# Longer work goes on in a new message, so that no message is held near its time limit.
SECONDS: Final = 20


@shared_task(name="documents.advance_sheet")
def advance_sheet(*, sheet_id: int, **_from_newer_senders: object) -> None:
    """Take the steps of one spreadsheet; one that is taken, waits or is done is left alone."""
    began = time.monotonic()
    while (sheet := working.claim(sheet_id, at=timezone.now())) is not None:
        if not working.take_step(sheet, at=timezone.now()):
            return
        if time.monotonic() - began > SECONDS:
            kick(advance_sheet, sheet_id=sheet_id)
            return


@shared_task(name="documents.advance_waiting_sheets")
def advance_waiting_sheets() -> int:
    """Queue every spreadsheet that waits, so that a lost message loses none; return how many."""
    waiting = working.waiting(timezone.now())
    for sheet_id in waiting:
        advance_sheet.delay(sheet_id=sheet_id)
    return len(waiting)
