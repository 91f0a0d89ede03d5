"""The judgement: cases, checks, requests, decisions, licences, clocks."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewsConfig(AppConfig):
    """Everything an office does with a filed application."""

    name = "reviews"
    verbose_name = _("Judgement")
