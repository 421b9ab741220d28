from django.contrib import admin
from django.http import HttpRequest

from network.machines import MachinesForm
from network.models import Network


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    form = MachinesForm
    list_display = ["name", "host", "contact", "answer_days"]
    fieldsets = [
        (None, {"fields": ["name", "host", "contact", "tagline", "about"]}),
        ("Promises to contributors, in days", {"fields": ["answer_days", "proof_days", "application_days"]}),
        ("The desk, in days", {"fields": ["claim_days"]}),
        ("The page “About”", {"fields": ["masthead", "policies", "names_editors"]}),
        ("The page “Privacy”", {"fields": ["privacy"]}),
        ("Write for us", {"fields": ["takes_applications", "call", "least_words", "most_words"]}),
        ("Machines", {"fields": ["crawlers_refused", "allows_republishing"]}),
    ]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Network.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Network | None = None) -> bool:
        return False
