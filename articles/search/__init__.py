"""Finding published pieces by their words: one index in each database, one way to ask it."""

from articles.search.asked import Asked
from articles.search.found import Found, Hit
from articles.search.keeping import forget, keep, rebuild, take_in

__all__ = ["Asked", "Found", "Hit", "forget", "keep", "rebuild", "take_in"]
