"""The site with a new edition at every request, so that no page is ever ready: each is asked about, or made."""

import itertools
import time

from network import edition
from network.wsgi import application

__all__ = ["application"]

numbers = itertools.count(int(time.time() * 1_000))
asked = edition.Counter.newest
edition.Counter.newest = lambda counter: asked(counter) and next(numbers)
