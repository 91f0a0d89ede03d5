"""How the project is put together for Django."""

from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.core import checks

from config.checks import refuse_laptop_defaults


class ComposeConfig(AppConfig):
    """The composition root: templates' static files, deploy checks, commands."""

    name = "config"
    verbose_name = "Chuguan"

    def ready(self) -> None:
        """Let ``check --deploy`` know what production refuses."""
        checks.register(refuse_laptop_defaults, checks.Tags.security, deploy=True)


class WorkbenchConfig(AdminConfig):
    """Django's admin, with the workbench as its one site."""

    default_site = "config.workbench.WorkbenchSite"
