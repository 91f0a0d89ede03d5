"""Addresses whose pages show the claim alone."""

from django.urls import URLPattern, path

from exports.api import eligibility
from exports.public import calculator, calendar, help_page, terms
from exports.site import alive, ready, set_language

public: list[URLPattern] = [
    path("", calculator, name="calculator"),
    path("free-day.ics", calendar, name="calendar"),
    path("terms/", terms, name="terms"),
    path("help/", help_page, name="help"),
]
portal: list[URLPattern] = []
api: list[URLPattern] = [path("eligibility/", eligibility, name="eligibility")]

__all__ = ["alive", "api", "portal", "public", "ready", "set_language"]
