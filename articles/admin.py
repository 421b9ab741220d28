from django.contrib import admin
from django.http import HttpRequest

from articles.models import Disclaimer, Section, Tag


@admin.register(Disclaimer)
class DisclaimerAdmin(admin.ModelAdmin):
    list_display = ["version", "line", "in_force_from"]
    fields = ["version", "line", "text", "in_force_from"]
    readonly_fields = ["version"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Disclaimer | None = None) -> bool:
        """Frozen once used; the database refuses it too. Write a new version instead."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_used)

    def has_delete_permission(self, request: HttpRequest, obj: Disclaimer | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is None or obj.is_used)


@admin.register(Section)
class SectionAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "position"]
    prepopulated_fields = {"slug": ["name"]}
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        """By nothing: a piece's number would tell where a draft belongs."""
        return False


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "slug"]
    search_fields = ["name"]
    prepopulated_fields = {"slug": ["name"]}
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        return False
