"""A rate limiter on the shared cache: so many times in so many seconds, by people whom nothing here can name."""

import hashlib
import hmac
from ipaddress import ip_address, ip_network

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

from network import clock


def is_over(what: str, who: object, *, most: int, seconds: int) -> bool:
    """Count one more `what` by `who`, and say whether that is more than `most` within a window of `seconds`."""
    key = f"limit:{what}:{who}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=seconds)
        return False


def veiled(who: str) -> str:
    """A name to count somebody by for today: tomorrow theirs is another, and without our key it is nobody's."""
    words = f"{clock.now():%Y-%m-%d}:{who}"
    return hmac.new(settings.SECRET_KEY.encode(), words.encode(), hashlib.sha256).hexdigest()[:32]


def place(request: HttpRequest) -> str:
    """Where a request comes from, veiled. In IPv6 it is all that one home is given, a /56 (RIPE-690); an IPv4 address
    in an IPv6 one is itself."""
    address = ip_address(get_adapter(request).get_client_ip(request))
    address = getattr(address, "ipv4_mapped", None) or address
    return veiled(str(ip_network(f"{address}/56", strict=False) if address.version == 6 else address))
