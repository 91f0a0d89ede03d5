"""The product's addresses, and beside them a stock admin site of the same cases."""

from django.contrib.admin import AdminSite, ModelAdmin
from django.urls import path

from config.urls import urlpatterns as product
from reviews.models import Case


class StockSite(AdminSite):
    def has_permission(self, request):
        return True


class StockCases(ModelAdmin):
    list_display = (
        "due_at", "reference", "first_vin", "vehicle_count", "exporter", "destination_code",
        "youngest_days", "passed", "attention", "failed", "status", "assignee",
    )  # fmt: skip
    list_filter = ("status", "destination_code", "office", "assignee")  # as our page offers
    ordering = ("due_at", "id")
    list_per_page = 50

    def has_view_permission(self, request, obj=None):
        return True

    def has_module_permission(self, request):
        return True


stock = StockSite(name="stock")
stock.register(Case, StockCases)
urlpatterns = [*product, path("stock/", stock.urls)]
