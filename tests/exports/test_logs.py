"""Logs: one line an event, whatever the text contains."""

import json
import logging
import sys

from exports.logs import OneLineFormatter, RequestIdFilter, current_request_id


def line(message: str, *arguments: object, exc_info: object = None) -> str:
    record = logging.LogRecord("chuguan", logging.INFO, "x.py", 1, message, arguments, exc_info)
    assert RequestIdFilter().filter(record)
    return OneLineFormatter().format(record)


def test_no_text_breaks_the_line_or_colours_the_terminal():
    text = "vin\r\n2026-06-30 FAKE ENTRY\x1b[31m 出关\u2028"

    written = line("%s", text)

    assert written.isascii()
    assert written.isprintable()
    assert json.loads(written)["text"] == text


def test_a_line_carries_the_id_of_its_request():
    token = current_request_id.set("request-1")
    written = line("hello")
    current_request_id.reset(token)

    assert json.loads(written)["request"] == "request-1"
    assert json.loads(line("hello"))["request"] == ""


def test_a_failure_keeps_its_trace_on_the_same_line():
    try:
        int("twelve")
    except ValueError:
        written = line("failed", exc_info=sys.exc_info())

    assert written.count("\n") == 0
    assert "ValueError" in json.loads(written)["trace"]
