"""Addresses of the manufacturer's desk, and of what exporters ask it."""

from django.urls import URLPattern, path

from documents.desk import asked_pages, directory_pages, many_pages, pages

portal: list[URLPattern] = [
    path("maker/requests/", asked_pages.maker_requests, name="maker_requests"),
    path("maker/requests/<int:pk>/", asked_pages.maker_request, name="maker_request"),
    path("maker/letters/", pages.maker_letters, name="maker_letters"),
    path("maker/sheets/", many_pages.maker_sheets, name="maker_sheets"),
    path("maker/sheets/<int:pk>/", many_pages.maker_sheet, name="maker_sheet"),
    path("maker/attest/", pages.maker_attest, name="maker_attest"),
    path("confirmations/<int:pk>/", pages.confirmation, name="confirmation"),
    path("confirmations/<int:pk>/amend/", pages.confirmation_amend, name="confirmation_amend"),
    path("confirmations/<int:pk>/word/", pages.confirmation_word, name="confirmation_word"),
    path(
        "confirmations/<int:pk>/<int:number>.webp",
        pages.confirmation_page,
        name="confirmation_page",
    ),
    path("maker/outlets/", directory_pages.maker_outlets, name="maker_outlets"),
    path("maker/outlets/<int:pk>/", directory_pages.maker_outlet, name="maker_outlet"),
    path(
        "maker/outlets/<int:pk>/evidence.webp",
        directory_pages.outlet_evidence,
        name="outlet_evidence",
    ),
    path("maker/countries/", directory_pages.maker_countries, name="maker_countries"),
    path(
        "maker/countries/<slug:code>/open/",
        directory_pages.maker_country_open,
        name="maker_country_open",
    ),
    path("maker/seals/", directory_pages.maker_seals, name="maker_seals"),
    path("maker/seals/<int:pk>.webp", directory_pages.specimen_picture, name="specimen_picture"),
    path(
        "maker/seals/sent/<int:pk>.webp",
        directory_pages.proposal_picture,
        name="proposal_picture",
    ),
    path("letters/ask/", asked_pages.ask, name="ask"),
    path("letters/asked/", asked_pages.asked_list, name="asked_list"),
    path("letters/asked/<int:pk>/", asked_pages.asked, name="asked"),
    path("letters/asked/<int:pk>/take-back/", asked_pages.asked_take_back, name="asked_take_back"),
    path("letters/attested/<int:pk>/", asked_pages.attested, name="attested"),
]
