"""Write the first free day as a calendar file that any calendar program imports. Pure.

Source: RFC 5545 (iCalendar); notice 商贸函〔2025〕648号, part 1(1).
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

LINE_OCTETS: Final = 75
# All-day events begin at midnight where the reader is; the alarm rings at nine that morning.
NINE_IN_THE_MORNING: Final = "PT9H"

WORDING: Final = {
    "zh": (
        "{registered_on} 登记的车辆：今天起申领出口许可证无需售后维修服务确认书",
        "注册登记日期 {registered_on}，自 {free_from} 起已超过 180 天。"
        "依据：商贸函〔2025〕648号 第一条第（一）项。",
    ),
    "en": (
        "Vehicle registered {registered_on}: no after-sales confirmation needed from today",
        "First registered on {registered_on}; from {free_from} more than 180 days have passed. "
        "Basis: notice 商贸函〔2025〕648号, part 1(1).",
    ),
}


def free_day_calendar(
    *, free_from: date, registered_on: date, language: str, made_at: datetime
) -> str:
    """Return an all-day event on *free_from*, with an alarm; lines end in CRLF.

    The identifier depends on the two days only: imported again, the event is updated and not
    doubled. Every *language* but Chinese reads English.
    """
    summary, description = WORDING["zh" if language.startswith("zh") else "en"]
    days = {"registered_on": registered_on.isoformat(), "free_from": free_from.isoformat()}
    lines = _lines(
        free_from=free_from,
        identifier=f"{registered_on:%Y%m%d}-{free_from:%Y%m%d}@chuguan",
        stamp=f"{made_at.astimezone(UTC):%Y%m%dT%H%M%SZ}",
        summary=_escaped(summary.format(**days)),
        description=_escaped(description.format(**days)),
    )
    return "".join(f"{piece}\r\n" for line in lines for piece in _folded(line))


def _lines(
    *, free_from: date, identifier: str, stamp: str, summary: str, description: str
) -> tuple[str, ...]:
    return (
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Chuguan//Free day//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        f"UID:{identifier}",
        f"DTSTAMP:{stamp}",
        f"DTSTART;VALUE=DATE:{free_from:%Y%m%d}",
        f"DTEND;VALUE=DATE:{free_from + timedelta(days=1):%Y%m%d}",
        f"SUMMARY:{summary}",
        f"DESCRIPTION:{description}",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        f"DESCRIPTION:{summary}",
        f"TRIGGER:{NINE_IN_THE_MORNING}",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
    )


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")


def _folded(line: str) -> Iterator[str]:
    """Yield *line* in pieces of at most 75 octets, never cutting through a character."""
    piece, size = "", 0
    for character in line:
        octets = len(character.encode())
        if size + octets > LINE_OCTETS:
            yield piece
            piece, size = " ", 1
        piece += character
        size += octets
    yield piece
