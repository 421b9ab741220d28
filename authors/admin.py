from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.http import HttpRequest

from authors.models import Agreement, Author, SocialLink


class SocialLinkInline(admin.TabularInline):
    model = SocialLink
    fields = ["site", "handle", "position"]
    extra = 0


class AuthorForm(forms.ModelForm):
    """Nobody links an author to their own account: a person would then sign for somebody else."""

    by: User

    def clean_user(self) -> User | None:
        user = self.cleaned_data["user"]
        if user is not None and user == self.by and self.instance.user_id != user.pk:
            raise forms.ValidationError("You cannot link an author to your own account. Ask another editor.")
        return user


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin):
    form = AuthorForm
    list_display = ["name", "identity", "status", "user", "bio_confirmed_at"]
    list_filter = ["identity", "status"]
    list_select_related = ["user"]
    search_fields = ["name", "slug", "user__username"]
    fields = [
        "name", "slug", "familiar", "role", "bio", "long_bio",
        "user", "identity", "status", "time_zone", "bio_confirmed_at",
    ]  # fmt: skip
    readonly_fields = ["bio_confirmed_at"]
    raw_id_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SocialLinkInline]
    actions = None

    def get_readonly_fields(self, request: HttpRequest, obj: Author | None = None) -> list[str]:
        """An account, once linked, is unlinked by nobody here; nobody links their own or checks their own identity."""
        own = obj is not None and obj.user_id == request.user.pk
        fixed = ["user"] if obj and obj.user_id else []
        is_standards = request.user.groups.filter(name="standards").exists()
        return [
            *self.readonly_fields,
            *fixed,
            *(["identity"] if own else []),
            *([] if is_standards and not own else ["status"]),
        ]

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user  # type: ignore[attr-defined]
        return form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        """Only by what the list offers: a piece's number would tell who writes a draft."""
        return lookup in ("identity__exact", "status__exact")

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
