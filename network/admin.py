from django.contrib import admin
from django.http import HttpRequest

from network.models import Network


@admin.register(Network)
class NetworkAdmin(admin.ModelAdmin):
    list_display = ["name", "host", "contact", "answer_days"]
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and not Network.objects.exists()

    def has_delete_permission(self, request: HttpRequest, obj: Network | None = None) -> bool:
        return False
