"""How the project is put together for Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class ComposeConfig(AppConfig):
    """The composition root: templates' static files, deploy checks, commands."""

    name = "config"
    verbose_name = "Chuguan"


class WorkbenchConfig(AdminConfig):
    """Django's admin, with the workbench as its one site."""

    default_site = "config.workbench.WorkbenchSite"
