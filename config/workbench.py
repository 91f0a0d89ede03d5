"""The workbench: Django's admin site, with the reviewer's own pages in front."""

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.urls import URLPattern, URLResolver, path
from django.utils.translation import gettext_lazy as _

from exports.models import User
from reviews.urls import workbench


class WorkbenchSite(AdminSite):
    """Opens for people of an office and nobody else."""

    site_header = _("Chuguan workbench")
    site_title = _("Chuguan")
    index_title = _("Reference data and policies")
    enable_nav_sidebar = False

    def __init__(self, name: str = "workbench") -> None:
        """Answer to the URL namespace ``workbench``."""
        super().__init__(name)

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person works for an office."""
        return isinstance(request.user, User) and request.user.is_active and request.user.is_staff

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Put queue and cases before the admin's own pages, each behind the same door."""
        own = [path(route, self.admin_view(view), name=name) for route, view, name in workbench]
        return [*own, *super().get_urls()]
