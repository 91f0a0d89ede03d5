"""The product's addresses, and beside them a stock admin site of the same cases.

Stock means: every field, Django's own widgets. One rule is lenient: a foreign key to a table of
more than ten thousand rows is a plain number, for as a select it would be a million options.
"""

from django.contrib.admin import AdminSite, ModelAdmin, TabularInline
from django.urls import path

from config.urls import urlpatterns as product
from exports.models import Application, Line, Vehicle
from reviews.models import Case, CheckRun, Decision, Interval, Request

VAST = (Application, Case, CheckRun, Line, Vehicle)


class Open:
    """Everybody behind the door may do everything."""

    def has_view_permission(self, request, obj=None):
        return True

    has_change_permission = has_module_permission = has_view_permission

    def has_add_permission(self, request, *_more):
        return False

    has_delete_permission = has_add_permission


def inline(model: type) -> type:
    """Return the stock inline of *model*: all its fields, those not editable to be read."""
    fields = [field for field in model._meta.fields if not field.primary_key]
    facts = {
        "model": model,
        "extra": 0,
        "raw_id_fields": [field.name for field in fields if field.related_model in VAST],
        "readonly_fields": [field.name for field in fields if not field.editable],
    }
    return type(f"Stock{model.__name__}", (Open, TabularInline), facts)


class StockSite(AdminSite):
    def has_permission(self, request):
        return True


class StockCases(Open, ModelAdmin):
    list_display = (
        "due_at", "risk", "reference", "first_vin", "vehicle_count", "exporter",
        "destination_code", "maker_name", "youngest_days", "passed", "attention", "failed",
        "status", "assignee",
    )  # fmt: skip
    list_filter = ("status", "destination_code", "office", "assignee")  # as our page offers
    ordering = ("due_at", "-risk", "id")
    list_per_page = 50
    raw_id_fields = ("application",)
    readonly_fields = tuple(field.name for field in Case._meta.fields if not field.editable)
    inlines = tuple(map(inline, (Interval, Request, Decision)))


stock = StockSite(name="stock")
stock.register(Case, StockCases)
urlpatterns = [*product, path("stock/", stock.urls)]
