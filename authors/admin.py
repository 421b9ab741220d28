from django.contrib import admin
from django.http import HttpRequest

from authors.models import Agreement, Author, SocialLink


class SocialLinkInline(admin.TabularInline):
    model = SocialLink
    fields = ["site", "handle", "position"]
    extra = 0


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    list_display = ["name", "identity", "status", "user", "bio_confirmed_at"]
    list_filter = ["identity", "status"]
    list_select_related = ["user"]
    search_fields = ["name", "slug", "user__username"]
    fields = [
        "name", "slug", "familiar", "role", "bio", "long_bio",
        "user", "identity", "status", "time_zone", "bio_confirmed_at",
    ]  # fmt: skip
    readonly_fields = ["bio_confirmed_at"]
    autocomplete_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SocialLinkInline]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Author | None = None) -> list[str]:
        """An account, once linked, is unlinked by nobody here; nobody links their own or checks their own identity."""
        own = obj is not None and obj.user_id == request.user.pk
        fixed = ["user"] if obj and obj.user_id else []
        return [*self.readonly_fields, *fixed, *(["identity", "status"] if own else [])]

    def has_delete_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        return False


@admin.register(Agreement)
class AgreementAdmin(admin.ModelAdmin):
    list_display = ["version", "in_force_from"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        """Frozen once somebody has accepted it; the database refuses it too."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_used)

    def has_delete_permission(self, request: HttpRequest, obj: Agreement | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj is None or obj.is_used)
