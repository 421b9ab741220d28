"""Published pieces in any number, for scale: the same ones each time, in the words of a small grammar."""

from editorial.seeding.rows import seed

__all__ = ["seed"]
