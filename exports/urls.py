"""Addresses whose pages show the claim alone."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from exports import company_desk, company_pages, joining_pages, notice_pages
from exports.api import eligibility
from exports.portal_drafts import (
    application_discard,
    application_edit,
    application_new,
    application_vehicles,
)
from exports.public import calculator, calendar, help_page, many, terms
from exports.site import alive, ready, set_language
from exports.workbench import ledger

public: list[URLPattern] = [
    path("", calculator, name="calculator"),
    path("many/", many, name="many"),
    path("free-day.ics", calendar, name="calendar"),
    path("terms/", terms, name="terms"),
    path("help/", help_page, name="help"),
    path("join/", joining_pages.join, name="join"),
    path("join/sent/", joining_pages.join_sent, name="join_sent"),
    path("join/<slug:token>/", joining_pages.join_prove, name="join_prove"),
    path("invitation/<slug:token>/", joining_pages.invitation, name="invitation"),
]
portal: list[URLPattern] = [
    path("company/", company_pages.company, name="company"),
    path("company/people/<int:pk>/role/", company_pages.member_role, name="member_role"),
    path("company/people/<int:pk>/close/", company_pages.member_close, name="member_close"),
    path("company/people/<int:pk>/open/", company_pages.member_open, name="member_open"),
    path(
        "company/invitations/<int:pk>/resend/",
        company_pages.invitation_resend,
        name="invitation_resend",
    ),
    path(
        "company/invitations/<int:pk>/withdraw/",
        company_pages.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("company/filing/", company_pages.filing, name="filing"),
    path("company/standing/", company_pages.standing, name="standing"),
    path("company/standing/<int:pk>/", company_pages.standing_answer, name="standing_answer"),
    path("company/keys/", company_pages.partner_keys, name="partner_keys"),
    path("applications/new/", application_new, name="application_new"),
    path("applications/<slug:reference>/terms/", application_edit, name="application_edit"),
    path(
        "applications/<slug:reference>/vehicles/", application_vehicles, name="application_vehicles"
    ),
    path("applications/<slug:reference>/discard/", application_discard, name="application_discard"),
]
notices: list[URLPattern] = [
    path("", notice_pages.inbox, name="notices"),
    path("<int:pk>/", notice_pages.notice, name="notice"),
    path("read/", notice_pages.read_all, name="notices_read"),
    path("preferences/", notice_pages.preferences, name="notice_preferences"),
]
api: list[URLPattern] = [path("eligibility/", eligibility, name="eligibility")]

workbench: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("ledger/", ledger, "ledger"),
    ("companies/", company_desk.companies, "companies"),
    ("companies/<int:pk>/", company_desk.company, "company"),
    ("exporters/<slug:uscc>/standing/", company_desk.exporter_standing, "exporter_standing"),
]

__all__ = ["alive", "api", "notices", "portal", "public", "ready", "set_language", "workbench"]
