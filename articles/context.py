from network.models import Network


def network(request) -> dict[str, object]:
    """The network's row for every template: the one the request already carries, or its own."""
    return {"network": getattr(request, "network", None) or Network.load()}
