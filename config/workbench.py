"""The workbench: Django's admin site, with the reviewer's own pages in front."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from django.contrib.admin import AdminSite
from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _

from exports.models import User
from exports.urls import workbench as ledger
from reviews.urls import workbench

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


class WorkbenchSite(AdminSite):
    """Opens for people of an office and nobody else."""

    site_header = _("Chuguan workbench")
    site_title = _("Chuguan")
    index_title = _("Reference data and policies")
    enable_nav_sidebar = False

    def __init__(self, name: str = "workbench") -> None:
        """Answer to the URL namespace ``workbench``."""
        super().__init__(name)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take the project's own pages; packages' would open with every right to their rows."""
        models = [model_or_iterable] if isinstance(model_or_iterable, type) else model_or_iterable
        own = [model for model in models if not model.__module__.startswith("allauth.")]
        super().register(own, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Tell whether the person works for an office."""
        return isinstance(request.user, User) and request.user.is_active and request.user.is_staff

    def admin_view(self, view: View, cacheable: bool = False) -> View:  # noqa: FBT001, FBT002 - Django's own
        """Tell a person of the other side so, instead of asking them to sign in again."""
        behind_door = super().admin_view(view, cacheable)

        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if isinstance(request.user, User) and not self.has_permission(request):
                raise PermissionDenied
            return behind_door(request, *args, **kwargs)

        return cast(View, guarded)

    @method_decorator(login_not_required)
    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Send everybody to the one door of the site."""
        home = reverse("workbench:queue")
        return redirect_to_login(request.GET.get("next", home), resolve_url("login"))

    def get_urls(self) -> list[URLPattern | URLResolver]:
        """Put queue, cases and ledger before the admin's own pages, behind the same door."""
        own = [
            path(route, self.admin_view(view), name=name)
            for route, view, name in [*workbench, *ledger]
        ]
        return [*own, *super().get_urls()]
