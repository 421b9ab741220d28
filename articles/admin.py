from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest

from articles.models import Disclaimer, Section, Tag


class DisclaimerAdmin(admin.ModelAdmin):
    """Registered by `editorial.disclaimers`, which adds the pages that know the desk."""

    list_display = ["version", "line", "section", "in_force_from"]
    list_select_related = ["section"]
    fields = ["version", "section", "line", "text", "in_force_from"]
    readonly_fields = ["version", "in_force_from"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Disclaimer | None = None) -> bool:
        """Frozen once used; the database refuses it too. Write a new version instead."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_used)

    def has_delete_permission(self, request: HttpRequest, obj: Disclaimer | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is None or obj.is_used)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "position", "is_high_risk"]
    prepopulated_fields = {"slug": ["name"]}
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Its page has an address, which answers for good."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        """By nothing: a piece's number would tell where a draft belongs."""
        return False


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    actions = None

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        """Its page has an address, which answers for good."""
        return False

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        return False
