"""A cache in one file, for all processes of one machine: what is counted in it survives a restart.

It holds little, mostly the counters of limits. SQLite serves because it counts in one statement, while everything that
Django brings either counts for one process alone or reads and writes in two steps. docs/adr/0028.
"""

import hashlib
import hmac
import os
import pickle
import sqlite3
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

TABLE = "CREATE TABLE IF NOT EXISTS kept (key TEXT PRIMARY KEY, value BLOB NOT NULL, until REAL NOT NULL) WITHOUT ROWID"
FOR_EVER = 1e12  # seconds since 1970
WAIT = 5  # seconds for another process to finish its write, which takes less than a millisecond
SWEEP = 500  # writes between two looks for what has run out


class Away(OSError):
    """The file cannot be written or read just now: the disk is full, or gone, or another process holds it."""


class SharedCache(BaseCache):
    """Django makes one for each thread, so each has its own connection; a process that was forked opens another, and so
    does every one whose file somebody has deleted. A file that is none of SQLite's is made anew: it held counters."""

    def __init__(self, location: str, params: dict[str, Any]):
        super().__init__(params)
        self._location, self._opened, self._writes = location, (0, 0), 0

    def _ask(self, statement: str, *values: Any) -> tuple | None:
        try:
            return self._asked(statement, values)
        except sqlite3.OperationalError as error:
            self._opened = 0, 0
            raise Away(f"The cache does not answer: {error}") from error
        except sqlite3.DatabaseError:
            self._begin_anew()
            return self._asked(statement, values)

    def _asked(self, statement: str, values: tuple) -> tuple | None:
        if self._opened != (os.getpid(), self._which()):
            self._open()
        self._writes += not statement.startswith("SELECT")
        if self._writes >= SWEEP:
            self._writes = 0
            self._file.execute("DELETE FROM kept WHERE until <= ?", [time.time()])
        return self._file.execute(statement, values).fetchone()

    def _which(self) -> int:
        """Which file it is, of those that have had this name."""
        try:
            return Path(self._location).stat().st_ino
        except OSError:
            return 0

    def _open(self) -> None:
        self._file = sqlite3.connect(self._location, timeout=WAIT, isolation_level=None, check_same_thread=False)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")  # a power cut may cost the last seconds, and no more than them
        self._file.execute(TABLE)
        self._opened = os.getpid(), self._which()

    def _begin_anew(self) -> None:
        self._opened = 0, 0
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._location}{suffix}").unlink(missing_ok=True)

    def _until(self, timeout: Any) -> float:
        until = self.get_backend_timeout(timeout)
        return FOR_EVER if until is None else until

    def add(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> bool:
        found = self._ask(
            "INSERT INTO kept VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value, "
            "until = excluded.until WHERE until <= ? RETURNING 1",
            *(self.make_and_validate_key(key, version), _packed(value), self._until(timeout), time.time()),
        )
        return found is not None

    def get(self, key, default=None, version=None):
        name = self.make_and_validate_key(key, version)
        found = self._ask("SELECT value FROM kept WHERE key = ? AND until > ?", name, time.time())
        return default if found is None else _unpacked(found[0])

    def set(self, key, value, timeout=DEFAULT_TIMEOUT, version=None) -> None:
        name = self.make_and_validate_key(key, version)
        self._ask("INSERT OR REPLACE INTO kept VALUES (?, ?, ?)", name, _packed(value), self._until(timeout))

    def touch(self, key, timeout=DEFAULT_TIMEOUT, version=None) -> bool:
        name = self.make_and_validate_key(key, version)
        moved = "UPDATE kept SET until = ? WHERE key = ? AND until > ? RETURNING 1"
        return self._ask(moved, self._until(timeout), name, time.time()) is not None

    def delete(self, key, version=None) -> bool:
        name = self.make_and_validate_key(key, version)
        return self._ask("DELETE FROM kept WHERE key = ? AND until > ? RETURNING 1", name, time.time()) is not None

    def incr(self, key, delta=1, version=None) -> int:
        """In one statement: of two processes that count at once, each gets a number of its own."""
        name = self.make_and_validate_key(key, version)
        counted = "UPDATE kept SET value = value + ? WHERE key = ? AND until > ? RETURNING value"
        found = self._ask(counted, delta, name, time.time())
        if found is None:
            raise ValueError(f"There is no {key} in the cache.")
        return found[0]

    def has_key(self, key, version=None) -> bool:
        name = self.make_and_validate_key(key, version)
        return self._ask("SELECT 1 FROM kept WHERE key = ? AND until > ?", name, time.time()) is not None

    def clear(self) -> None:
        self._ask("DELETE FROM kept")


def veiled(key: str, prefix: str, version: int) -> str:
    """Keys name people, by address or by network; no copy of the cache does."""
    words = f"{prefix}:{version}:{key}".encode()
    return hmac.new(settings.SECRET_KEY.encode(), words, hashlib.sha256).hexdigest()[:40]


def _packed(value: Any) -> int | bytes:
    return value if type(value) is int else pickle.dumps(value)


def _unpacked(value: int | bytes) -> Any:
    """The file is ours, as the database is."""
    return value if isinstance(value, int) else pickle.loads(value)  # noqa: S301
