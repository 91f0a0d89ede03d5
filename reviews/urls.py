"""Addresses whose pages show a whole application, a case or a licence."""

from collections.abc import Callable

from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from reviews import desk_queue, own_settings
from reviews import evidence_pages as evidence
from reviews import note_pages as notes
from reviews import portal_list as listed
from reviews import workbench as desk
from reviews.api import application_requirements, case_action, case_actions
from reviews.board import pages as board
from reviews.board import workload_pages as workload
from reviews.bulk import pages as bulk
from reviews.fleet_pages import listing as fleet
from reviews.fleet_pages import many
from reviews.fleet_pages.many_drafts import vehicles_draft
from reviews.fleet_pages.one import vehicle, vehicle_add
from reviews.lane import pages as lane
from reviews.licences import desk as replacing
from reviews.licences import pages as licences
from reviews.opinions import pages as asked
from reviews.portal import (
    application,
    application_progress,
    front_door,
    home,
)
from reviews.portal_filing import (
    application_answer,
    application_apart,
    application_copy,
    application_file,
    application_leave_out,
    application_withdraw,
)
from reviews.portal_find import find
from reviews.public import verify, verify_form

public: list[URLPattern] = [
    path("verify/", verify_form, name="verify_form"),
    path("verify/<str:token>/", verify, name="verify"),
]
portal: list[URLPattern] = [
    path("", home, name="home"),
    path("find/", find, name="find"),
    path("vehicles/", fleet.vehicles, name="vehicles"),
    path("vehicles/fleet.csv", fleet.vehicles_csv, name="vehicles_csv"),
    path("vehicles/fleet.xlsx", fleet.vehicles_xlsx, name="vehicles_xlsx"),
    path("vehicles/add/", vehicle_add, name="vehicle_add"),
    path("vehicles/many/edit/", many.vehicles_edit, name="vehicles_edit"),
    path("vehicles/many/draft/", vehicles_draft, name="vehicles_draft"),
    path("vehicles/many/<int:seq>/", many.vehicles_changed, name="vehicles_changed"),
    path("vehicles/many/<int:seq>/back/", many.vehicles_restore, name="vehicles_restore"),
    path("vehicles/<slug:vin>/", vehicle, name="vehicle"),
    path("applications/", listed.applications, name="applications"),
    path("applications.csv", listed.applications_csv, name="applications_csv"),
    path("applications/withdraw/", listed.applications_withdraw, name="applications_withdraw"),
    path("applications/file/", listed.applications_file, name="applications_file"),
    path("applications/<slug:reference>/", application, name="application"),
    path(
        "applications/<slug:reference>/progress/", application_progress, name="application_progress"
    ),
    path("applications/<slug:reference>/file/", application_file, name="application_file"),
    path("applications/<slug:reference>/copy/", application_copy, name="application_copy"),
    path(
        "applications/<slug:reference>/vehicles/<slug:vin>/apart/",
        application_apart,
        name="application_apart",
    ),
    path("applications/<slug:reference>/answer/", application_answer, name="application_answer"),
    path(
        "applications/<slug:reference>/answer/<slug:vin>/leave-out/",
        application_leave_out,
        name="application_leave_out",
    ),
    path(
        "applications/<slug:reference>/withdraw/", application_withdraw, name="application_withdraw"
    ),
    path("licences/", licences.licences, name="licences"),
    path("licences.zip", licences.licences_zip, name="licences_zip"),
    path("licences/<slug:number>.pdf", licences.licence_paper, name="licence_paper"),
    path("licences/<slug:number>/", licences.licence, name="licence"),
    path("licences/<slug:number>/use/", licences.licence_use, name="licence_use"),
    path("licences/<slug:number>/replace/", licences.licence_replace, name="licence_replace"),
]
api: list[URLPattern] = [
    path(
        "applications/<slug:reference>/requirements/",
        application_requirements,
        name="application_requirements",
    ),
    path("cases/<slug:reference>/actions/", case_actions, name="case_actions"),
    path("cases/<slug:reference>/actions/<slug:action>/", case_action, name="case_action"),
]
opinions: list[URLPattern] = [
    path("", asked.opinions, name="opinions"),
    path("<slug:number>/", asked.opinion, name="opinion"),
    path("<slug:number>/papers/<uuid:key>/<int:page>.webp", asked.paper_page, name="paper_page"),
]
workbench: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
    ("opinions/", asked.opinions_asked, "opinions"),
    ("replacements/", replacing.replacements, "replacements"),
    ("replacements/<int:pk>/", replacing.replacement, "replacement"),
    ("cases/", desk_queue.queue, "queue"),
    ("queue/poll/", desk_queue.poll, "queue_poll"),
    ("queue/columns/", desk_queue.choose_columns, "queue_columns"),
    ("views/", desk_queue.views, "views"),
    ("views/save/", desk_queue.save_view, "view_save"),
    ("views/<int:pk>/", desk_queue.change_view, "view_change"),
    ("board/", board.board, "board"),
    ("board/<slug:name>.csv", board.board_csv, "board_csv"),
    ("workload/", workload.board, "workload"),
    ("workload/share/", workload.share, "workload_share"),
    ("workload/even/", workload.even_out, "workload_even"),
    ("workload/even/now/", workload.even_out_now, "workload_even_now"),
    ("workload/absence/", workload.note_absence, "absence"),
    ("workload/absence/<int:pk>/end/", workload.end_absence, "absence_end"),
    ("bulk/", bulk.jobs, "bulk_jobs"),
    ("bulk/new/", bulk.new, "bulk_new"),
    ("bulk/confirm/", bulk.confirm, "bulk_confirm"),
    ("bulk/<int:pk>/", bulk.job, "bulk_job"),
    ("bulk/<int:pk>/progress/", bulk.job_progress, "bulk_progress"),
    ("bulk/<int:pk>/retry/", bulk.retry, "bulk_retry"),
    ("bulk/<int:pk>.csv", bulk.job_csv, "bulk_csv"),
    ("next/", desk.start_next, "next"),
    ("cases/<slug:reference>/", desk.case, "case"),
    ("cases/<slug:reference>/open/", desk.open_case, "open"),
    ("cases/<slug:reference>/licence.pdf", desk.licence_paper, "licence_paper"),
    (
        "cases/<slug:reference>/documents/<uuid:key>/<int:number>.webp",
        desk.document_page,
        "document_page",
    ),
    (
        "cases/<slug:reference>/documents/<uuid:key>/original/",
        desk.document_original,
        "document_original",
    ),
    ("cases/<slug:reference>/specimens/<int:pk>.webp", desk.specimen, "specimen"),
    ("cases/<slug:reference>/beat/", evidence.beat, "beat"),
    ("cases/<slug:reference>/related/", evidence.related, "related"),
    ("cases/<slug:reference>/history/", evidence.timeline, "history"),
    ("cases/<slug:reference>/since/", evidence.since, "since"),
    ("cases/<slug:reference>/record/", evidence.whole_record, "record"),
    ("cases/<slug:reference>/notes/", notes.case_notes, "case_notes"),
    ("exporters/<slug:uscc>/", evidence.exporter_file, "exporter_file"),
    ("exporters/<slug:uscc>/notes/", notes.exporter_notes, "exporter_notes"),
    ("makers/", evidence.maker_named, "maker_named"),
    ("makers/<int:pk>/", evidence.maker_file, "maker_file"),
    ("makers/<int:pk>/notes/", notes.maker_notes, "maker_notes"),
    ("makers/<int:pk>/specimens/<int:number>.webp", evidence.maker_specimen, "maker_specimen"),
    ("mentions/", notes.mentions, "mentions"),
    ("mentions/read/", notes.read_mentions, "read_mentions"),
    ("cases/<slug:reference>/<slug:action>/", desk.act, "act"),
    ("lane/", lane.lane, "lane"),
    ("lane/open/", lane.lane_open, "lane_open"),
    ("lane/reopen/", lane.lane_reopen, "lane_reopen"),
    ("lane/<uuid:key>/", lane.lane_record, "lane_record"),
    ("lane/<uuid:key>/sign/", lane.lane_sign, "lane_sign"),
    ("lane/<uuid:key>/undo/", lane.lane_undo, "lane_undo"),
    ("lane/<uuid:key>/renew/", lane.lane_renew, "lane_renew"),
    ("lane/<uuid:key>/leave/", lane.lane_leave, "lane_leave"),
    ("lane/<uuid:key>/<int:pk>/pull/", lane.lane_pull, "lane_pull"),
    ("settings/", own_settings.settings, "settings"),
    ("settings/keys/", own_settings.switch_keys, "switch_keys"),
]

__all__ = ["front_door", "opinions", "portal", "public", "workbench"]
