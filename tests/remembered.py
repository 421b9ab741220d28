"""What the cast and its pieces take to make, remembered as the statements that wrote it.

By the real steps they took two fifths of the time of the tests of articles. So the first test that asks goes through the
steps, and the ones after it write again what those wrote: the same statements in the same order, under the same constraints
and triggers. That is for a test that comes to the same point by the same way: from the database as it was migrated, in a
transaction that is rolled back, at the real time, under the same settings, with nothing else written on the way but who
signed in. Every other test goes through the steps itself, and so does whoever comes a minute later.
"""

import re
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from django.conf import UserSettingsHolder, settings
from django.db import connection

from network import clock

LASTS = 60  # seconds
# What a test may do on its way: read, and sign somebody in.
BESIDE_THE_WAY = re.compile(
    r"\s*(SELECT|SAVEPOINT|RELEASE|PRAGMA|BEGIN|SHOW|SET"
    r"|(INSERT INTO|UPDATE|DELETE FROM) .(django_session|usersessions_usersession)\b|UPDATE .auth_user. SET .last_login. =)",
    re.IGNORECASE,
)
OF_SEQUENCES = """
    SELECT 'SELECT ' || string_agg(format('setval(%L, %s, %L)', format('%I.%I', schemaname, sequencename),
        coalesce(last_value, start_value), last_value IS NOT NULL), ', ')
    FROM pg_sequences WHERE schemaname = 'public'
"""


@dataclass
class Point:
    """Where a test is: how one came here from the point before, and where tests went from here."""

    statements: list[tuple[str, Any]] = field(default_factory=list)
    found: Any = None
    onward: dict[Hashable, "Point"] = field(default_factory=dict)
    reached_at: float = field(default_factory=time.perf_counter)

    def is_old(self) -> bool:
        return time.perf_counter() - self.reached_at > LASTS


def overridden() -> tuple[str, ...]:
    """The settings that are not the usual ones, each with its value."""
    found: list[str] = []
    holder = settings._wrapped
    while isinstance(holder, UserSettingsHolder):
        found += sorted(f"{name}={value!r}" for name, value in vars(holder).items() if name != "default_settings")
        holder = holder.default_settings
    return tuple(found)


class Memory:
    """Of this process. It hears of every statement, as one of Django's execute wrappers."""

    def __init__(self):
        self.starts: dict[tuple[str, ...], Point] = {}  # by the settings that are not the usual ones
        self.here: Point | None = None  # of this test; None where it has left what is known
        self.under: tuple[str, ...] | None = None  # the settings it came here under; None before its first way
        self.statements: list[tuple[str, Any]] | None = None  # of what is being made
        self.sequences = ""
        self.began_at = time.time() - time.perf_counter()

    def settle(self) -> None:
        """The database is as it is when a test begins: as it was migrated."""
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(OF_SEQUENCES)
                [self.sequences] = cursor.fetchone()

    def begin(self) -> None:
        """A test begins."""
        if self not in connection.execute_wrappers:  # it is another one once a browser runs in this thread
            connection.execute_wrappers.append(self)
        self.here, self.under = Point(), None

    def __call__(self, execute, sql, params, many, context):
        if not BESIDE_THE_WAY.match(str(sql)):
            if self.statements is None:
                self.here = None
            else:
                assert not many
                self.statements.append((sql, params))
        return execute(sql, params, many, context)

    def recall(self, what: Hashable, make: Callable[[], Any]) -> Any:
        """What `make` answers: something by which any test finds what it made, as a primary key."""
        if self.statements is not None or not self._knows_the_way():
            return make()
        before, self.here, self.statements = self.here, None, []
        try:
            point = before.onward.get(what)
            if point is None or point.is_old():
                point = Point(self.statements, make())
            elif point.statements:
                self._write(point.statements)
        finally:
            made, self.statements = self.statements, None
        if not any(sql.startswith("ROLLBACK") for sql, _ in made):
            self.here = before.onward[what] = point
        return point.found

    def _knows_the_way(self) -> bool:
        is_heard, under = self in connection.execute_wrappers, overridden()
        if self.here is None or not is_heard or not self._is_now():
            return False
        if self.under is not None:
            return self.under == under
        is_alone = connection.in_atomic_block and not connection.savepoint_ids  # in the transaction of a test
        if is_alone:
            self.here, self.under = self.starts.setdefault(under, Point()), under
            if self.sequences:  # PostgreSQL counts on over what is rolled back
                with connection.cursor() as cursor:
                    cursor.execute(self.sequences)
        return is_alone

    def _is_now(self) -> bool:
        return abs(clock.now().timestamp() - self.began_at - time.perf_counter()) < 1

    def _write(self, statements: list[tuple[str, Any]]) -> None:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":  # which takes them in one breath
                cursor.execute(";\n".join(cursor.cursor.mogrify(sql, params) for sql, params in statements))
            else:
                for sql, params in statements:
                    cursor.execute(sql, params)


memory = Memory()
