"""When deferred work runs. Sweeps only find what a lost message left behind."""

from typing import Any, Final

from celery.schedules import crontab

BY_THE_CLOCK: Final[dict[str, dict[str, Any]]] = {
    "hand over for leave": {"task": "reviews.cover_absences", "schedule": crontab(minute="*/15")},
    "revive stalled documents": {
        "task": "documents.revive_stalled",
        "schedule": crontab(hour=3, minute=10),
    },
    "send daily summaries": {
        "task": "exports.summarise_waiting",
        "schedule": crontab(minute="*/10"),
    },
    "remind of what is due": {"task": "reviews.remind_due", "schedule": crontab(minute="*/10")},
    # In the morning, so that nobody is woken; every hour, so that a missed run is made up for.
    "tell what became free": {
        "task": "reviews.tell_freed",
        "schedule": crontab(hour="7-21", minute=7),
    },
    "lapse uncorrected cases": {"task": "reviews.lapse_overdue", "schedule": crontab(minute=5)},
    "judge samples of the clean lane": {
        "task": "reviews.judge_samples",
        "schedule": crontab(minute="*/5"),
    },
    "expire licences": {
        "task": "reviews.expire_licences",
        "schedule": crontab(hour=0, minute=1),
    },
}


def timetable(sweep: int) -> dict[str, dict[str, Any]]:
    """Return what beat sends and how often; sweeps run every *sweep* seconds."""
    return {**sweeps(sweep), **BY_THE_CLOCK}


def sweeps(sweep: int) -> dict[str, dict[str, Any]]:
    """Return what is looked for every *sweep* seconds, and the board's filling."""
    return {
        "assess waiting cases": {"task": "reviews.assess_waiting", "schedule": sweep},
        "follow changed letters": {"task": "reviews.follow_waiting", "schedule": sweep},
        "settle what is decided": {"task": "reviews.settle_waiting", "schedule": sweep},
        "tidy desks": {"task": "reviews.tidy_desks", "schedule": sweep},
        "fill the board": {"task": "reviews.fill_board", "schedule": 20},
        "go on with bulk jobs": {"task": "reviews.bulk_waiting", "schedule": sweep},
        "draw waiting licences": {"task": "reviews.draw_waiting", "schedule": sweep},
        "advance waiting documents": {"task": "documents.advance_waiting", "schedule": sweep},
        "advance waiting spreadsheets": {
            "task": "documents.advance_waiting_sheets",
            "schedule": sweep,
        },
        "deliver waiting notices": {"task": "exports.deliver_waiting", "schedule": sweep},
        "mail strangers": {"task": "exports.mail_strangers", "schedule": sweep},
    }
