"""The claim: who wants to export which vehicles where, and the ground everybody stands on."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ExportsConfig(AppConfig):
    """People, organisations, vehicles, applications, ledger, notices."""

    name = "exports"
    verbose_name = _("Claims, people and reference data")
