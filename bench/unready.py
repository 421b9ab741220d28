"""The site with a new edition at every request, so that no page is ever ready: each is asked about, or made."""

import itertools
import time

from network.wsgi import application

__all__ = ["application"]

numbers = itertools.count(int(time.time() * 1_000))
counter = type(application.counter)
asked = counter.newest
counter.newest = lambda one: asked(one) and next(numbers)
