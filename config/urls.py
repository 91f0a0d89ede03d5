"""Every address of the site: public, portal, workbench, API."""

from django.contrib import admin
from django.urls import include, path

from config.accounts import urls as accounts
from documents import urls as documents
from exports import urls as exports
from reviews import urls as reviews

urlpatterns = [
    path("", include((exports.public + reviews.public, "public"))),
    path("portal/", include((exports.portal + documents.portal + reviews.portal, "portal"))),
    path("opinions/", include((reviews.opinions, "opinions"))),
    path("workbench/", admin.site.urls),
    path("api/v1/", include((exports.api + reviews.api, "api"))),
    *accounts.urls,
    path("desk/", reviews.front_door, name="front_door"),
    path("notices/", include(exports.notices)),
    path("language/", exports.set_language, name="language"),
    path("healthz", exports.alive, name="alive"),
    path("readyz", exports.ready, name="ready"),
]

handler400 = "config.faults.bad_request"
handler403 = "config.faults.forbidden"
handler404 = "config.faults.not_found"
handler500 = "config.faults.broken"
