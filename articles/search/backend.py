"""Which database's search this is."""

from types import ModuleType

from articles.search import postgres, sqlite

BACKENDS: dict[str, ModuleType] = {"sqlite": sqlite, "postgresql": postgres}


def of(connection) -> ModuleType:
    return BACKENDS[connection.vendor]
