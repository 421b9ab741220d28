"""A rate limiter on the shared cache: so many times in so many seconds."""

from django.core.cache import cache


def is_over(what: str, who: object, *, most: int, seconds: int) -> bool:
    """Count one more `what` by `who`, and say whether that is more than `most` within a window of `seconds`."""
    key = f"limit:{what}:{who}"
    cache.add(key, 0, timeout=seconds)
    try:
        return cache.incr(key) > most
    except ValueError:  # it ran out between the two calls
        cache.set(key, 1, timeout=seconds)
        return False
