"""Addresses whose pages show evidence."""

from django.urls import URLPattern, path

from documents import inbox_pages as inbox
from documents import portal as pages
from documents.desk.addresses import portal as desk

portal: list[URLPattern] = [
    path("papers/", inbox.papers_inbox, name="papers_inbox"),
    path("papers/progress/", inbox.papers_progress, name="papers_progress"),
    path("papers/put/", inbox.papers_put, name="papers_put"),
    path("documents/<uuid:key>/kind/", inbox.document_kind, name="document_kind"),
    path("letters/", pages.letters, name="letters"),
    path("letters/add/", pages.letter_add, name="letter_add"),
    path("letters/<uuid:key>/", pages.letter, name="letter"),
    path("documents/<uuid:key>/", pages.document, name="document"),
    path("documents/<uuid:key>/progress/", pages.document_progress, name="document_progress"),
    path("documents/<uuid:key>/original/", pages.document_original, name="document_original"),
    path("documents/<uuid:key>/withdraw/", pages.document_withdraw, name="document_withdraw"),
    path("documents/<uuid:key>/<int:number>.webp", pages.document_page, name="document_page"),
    path(
        "applications/<slug:reference>/papers/", pages.application_attach, name="application_attach"
    ),
    path(
        "applications/<slug:reference>/papers/<int:pk>/detach/",
        pages.application_detach,
        name="application_detach",
    ),
    *desk,
]
