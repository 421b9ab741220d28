from django.conf import settings

from network.models import Network


def network(request) -> dict[str, object]:
    """For every template: the network's row, which the request may carry already, and the site's address."""
    return {"network": getattr(request, "network", None) or Network.load(), "site_url": settings.SITE_URL}
