"""The evidence: files, what is read in them, and what they prove."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DocumentsConfig(AppConfig):
    """Documents, confirmations, the registry's answers."""

    name = "documents"
    verbose_name = _("Evidence")
