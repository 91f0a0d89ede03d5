"""Addresses whose pages show evidence."""

from django.urls import URLPattern, path

from documents import inbox_pages as inbox
from documents import portal as pages
from documents.desk.addresses import portal as desk
from documents.desk.blank import letter_blank
from documents.sheets import pages as sheets

portal: list[URLPattern] = [
    path("import/", sheets.sheet_add, name="sheet_add"),
    path("import/template.xlsx", sheets.sheet_template, name="sheet_template"),
    path("import/<uuid:key>/", sheets.sheet, name="sheet"),
    path("import/<uuid:key>/progress/", sheets.sheet_progress, name="sheet_progress"),
    path("import/<uuid:key>/columns/", sheets.sheet_columns, name="sheet_columns"),
    path("import/<uuid:key>/mend/", sheets.sheet_mend, name="sheet_mend"),
    path("import/<uuid:key>/rows/", sheets.sheet_rows, name="sheet_rows"),
    path("import/<uuid:key>/undo/", sheets.sheet_undo, name="sheet_undo"),
    path("import/<uuid:key>/to-fix.xlsx", sheets.sheet_bad, name="sheet_bad"),
    path("import/<uuid:key>/check/", sheets.sheet_check, name="sheet_check"),
    path("import/<uuid:key>/discard/", sheets.sheet_discard, name="sheet_discard"),
    path("papers/", inbox.papers_inbox, name="papers_inbox"),
    path("papers/progress/", inbox.papers_progress, name="papers_progress"),
    path("papers/put/", inbox.papers_put, name="papers_put"),
    path("documents/<uuid:key>/kind/", inbox.document_kind, name="document_kind"),
    path("letters/", pages.letters, name="letters"),
    path("letters/add/", pages.letter_add, name="letter_add"),
    path("letters/blank.docx", letter_blank, name="letter_blank"),
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
