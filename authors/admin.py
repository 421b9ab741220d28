from django import forms
from django.contrib import admin
from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.http import HttpRequest

from authors.models import Agreement, Author, Employment, SocialLink, Status, Tie
from network import clock


class SocialLinkInline(admin.TabularInline):
    model = SocialLink
    fields = ["site", "handle", "position"]
    extra = 0


class OnDesk(forms.ModelChoiceField):
    def label_from_instance(self, obj: User) -> str:
        return f"{obj.get_full_name()} ({obj.get_username()})" if obj.get_full_name() else obj.get_username()


class TieInline(admin.TabularInline):
    model = Tie
    fields = ["user", "kind"]
    extra = 1

    def formfield_for_foreignkey(self, db_field, request: HttpRequest, **kwargs):
        """The people of the desk by name: a tie keeps one of them away from the author's pieces."""
        if db_field.name == "user":
            kwargs["queryset"] = User.objects.filter(is_staff=True, is_active=True).order_by("first_name", "username")
            kwargs["form_class"] = OnDesk
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def has_change_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        """Ties are added and taken away, never turned into others."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        """Nobody ends their own conflict: somebody else in standards does."""
        is_bound = obj is not None and obj.ties.filter(user=request.user.pk).exists()
        return super().has_delete_permission(request, obj) and not is_bound


class BioFilter(admin.SimpleListFilter):
    """Whose bio may not be printed any more, because nobody has confirmed it for too long."""

    title = "bio"
    parameter_name = "bio"

    def lookups(self, request: HttpRequest, model_admin) -> list[tuple[str, str]]:
        return [("due", "Not confirmed within 12 months")]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() != "due":
            return queryset
        return queryset.filter(pk__in=Author.objects.bio_due(before=clock.now()).values("pk"))


class AuthorForm(forms.ModelForm):
    """Nobody links an author to their own account: a person would then sign for somebody else."""

    by: User

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "status" in self.fields and self.instance.status != Status.FABRICATED:  # which has a page of its own
            offered = [choice for choice in Status.choices if choice[0] != Status.FABRICATED]
            self.fields["status"].choices = offered  # type: ignore[attr-defined]

    def clean_user(self) -> User | None:
        user = self.cleaned_data["user"]
        if user is not None and user == self.by and self.instance.user_id != user.pk:
            raise forms.ValidationError("You cannot link an author to your own account. Ask another editor.")
        return user


class AuthorAdmin(admin.ModelAdmin):
    """Registered by `editorial.fabrication`, which adds the page that reaches into an author's pieces."""

    form = AuthorForm
    list_display = ["name", "identity", "status", "user", "bio_confirmed_at"]
    list_filter = ["identity", "status", BioFilter]
    list_select_related = ["user"]
    search_fields = ["name", "slug", "user__username"]
    fields = [
        "name", "slug", "familiar", "role", "bio", "long_bio",
        "user", "identity", "status", "agreements", "time_zone", "bio_confirmed_at",
    ]  # fmt: skip
    readonly_fields = ["agreements", "bio_confirmed_at"]
    raw_id_fields = ["user"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [SocialLinkInline, TieInline]
    actions = None

    @admin.display(description="agreements accepted")
    def agreements(self, author: Author) -> str:
        accepted = author.acceptances.select_related("agreement") if author.pk else []
        said = [f"version {each.agreement.version} on {each.accepted_at:%-d %B %Y}" for each in accepted]
        return ", ".join(said) or "None yet"

    def get_readonly_fields(self, request: HttpRequest, obj: Author | None = None) -> list[str]:
        """An account, once linked, is unlinked by nobody here; nobody links their own or checks their own identity."""
        own = obj is not None and obj.user_id == request.user.pk
        fixed = ["user"] if obj and obj.user_id else []
        is_standards = request.user.groups.filter(name="standards").exists()
        is_marked = obj is not None and obj.status == Status.FABRICATED  # which has a page of its own, and two people
        return [
            *self.readonly_fields,
            *fixed,
            *(["identity"] if own else []),
            *([] if is_standards and not own and not is_marked else ["status"]),
        ]

    def render_change_form(self, request: HttpRequest, context, *args, **kwargs):
        context["user_keeps_standards"] = request.user.groups.filter(name="standards").exists()
        return super().render_change_form(request, context, *args, **kwargs)

    def save_model(self, request: HttpRequest, obj: Author, form: forms.ModelForm, change: bool) -> None:
        """An address that readers know redirects, whoever changes it."""
        if not change:
            super().save_model(request, obj, form, change)
            return
        slug, obj.slug = obj.slug, form.initial["slug"]
        obj.move(slug)
        obj.save(update_fields=form.changed_data)

    def get_form(self, request: HttpRequest, obj: Author | None = None, change: bool = False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        form.by = request.user  # type: ignore[attr-defined]
        return form

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:  # type: ignore[override]
        """Only by what the list offers: a piece's number would tell who writes a draft."""
        return lookup in ("identity__exact", "status__exact", BioFilter.parameter_name)

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


@admin.register(Employment)
class EmploymentAdmin(admin.ModelAdmin):
    """For whom people work: an editor and an author with the same employer are kept apart by the database."""

    list_display = ["user", "employer"]
    list_select_related = ["user"]
    search_fields = ["user__username", "employer"]
    fields = ["user", "employer"]
    raw_id_fields = ["user"]
    actions = None

    def has_change_permission(self, request: HttpRequest, obj: Employment | None = None) -> bool:
        return super().has_change_permission(request, obj) and not _binds(obj, request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Employment | None = None) -> bool:
        return super().has_delete_permission(request, obj) and not _binds(obj, request.user)


def _binds(employment: Employment | None, user) -> bool:
    """Nobody ends their own conflict, at neither of its two ends: somebody else in standards does."""
    return employment is not None and user.employments.filter(key=employment.key).exists()
