from datetime import UTC, date, datetime

import pytest

from exports.calendar_file import free_day_calendar

MADE_AT = datetime(2026, 3, 1, 8, 30, tzinfo=UTC)


def calendar(*, language="zh-hans", made_at=MADE_AT):
    return free_day_calendar(
        free_from=date(2026, 7, 1),
        registered_on=date(2026, 1, 1),
        language=language,
        made_at=made_at,
    )


def unfolded(text):
    return text.replace("\r\n ", "").split("\r\n")


def test_the_event_covers_the_first_free_day_and_no_other():
    lines = unfolded(calendar())

    assert "DTSTART;VALUE=DATE:20260701" in lines
    assert "DTEND;VALUE=DATE:20260702" in lines


def test_the_file_is_read_back_whole_from_its_folded_lines():
    assert unfolded(calendar(language="en")) == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Chuguan//Free day//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "BEGIN:VEVENT",
        "UID:20260101-20260701@chuguan",
        "DTSTAMP:20260301T083000Z",
        "DTSTART;VALUE=DATE:20260701",
        "DTEND;VALUE=DATE:20260702",
        "SUMMARY:Vehicle registered 2026-01-01: no after-sales confirmation needed from today",
        "DESCRIPTION:First registered on 2026-01-01\\; from 2026-07-01 more than 180 days "
        "have passed. Basis: notice 商贸函〔2025〕648号\\, part 1(1).",
        "TRANSP:TRANSPARENT",
        "BEGIN:VALARM",
        "ACTION:DISPLAY",
        "DESCRIPTION:Vehicle registered 2026-01-01: no after-sales confirmation needed from today",
        "TRIGGER:PT9H",
        "END:VALARM",
        "END:VEVENT",
        "END:VCALENDAR",
        "",
    ]


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_no_line_passes_75_octets_and_every_line_ends_in_crlf(language):
    octets = calendar(language=language).encode()

    assert max(len(line) for line in octets.split(b"\r\n")) <= 75
    assert octets.count(b"\n") == octets.count(b"\r\n")


def test_no_fold_cuts_through_a_character():
    for line in calendar().encode().split(b"\r\n"):
        line.decode()


def test_chinese_readers_read_chinese():
    assert any(line.startswith("SUMMARY:2026-01-01 登记的车辆") for line in unfolded(calendar()))


def test_the_identifier_stays_when_the_file_is_made_again_or_in_another_language():
    later = calendar(language="en", made_at=datetime(2026, 4, 1, tzinfo=UTC))

    assert unfolded(later)[6] == unfolded(calendar())[6] == "UID:20260101-20260701@chuguan"
