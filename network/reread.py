"""What a page was made from, and whether that is still so.

While a page is made, every row that the database answered is noted: not the row, but the statement and a fingerprint of
what came. When what readers see has changed somewhere, the same statements are asked again. Where all of them answer as
before, the page would come out as before, and need not be made. A page is made of rows and of nothing else that changes
while the process runs, but for the moments that `edition.ends` knows.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from hashlib import blake2b
from itertools import islice
from typing import Any

from django.db import connection as usual
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Choices

if usual.vendor == "postgresql":  # a site on SQLite has no psycopg
    from network import pipeline

READS = ("SELECT", "WITH")


class Answer:
    """One statement, and a fingerprint of the rows that were taken from it: all of them, or the first so many."""

    __slots__ = ("fingerprint", "is_whole", "number", "params", "sent", "sql")

    def __init__(self, sql: str, params: Sequence[Any]):
        self.sql, self.params = sys.intern(sql), params  # pages of one kind share the statement
        self.sent: Any = None  # as PostgreSQL is asked it, once it was
        self.fingerprint, self.number, self.is_whole = blake2b(digest_size=16), 0, False

    def take(self, rows: Iterable[bytes]) -> None:
        for row in rows:
            self.fingerprint.update(row)
            self.number += 1

    def is_in(self, rows: Iterable[bytes]) -> bool:
        """Whether the statement, asked anew, is answered as it was. Never where nothing was noted: somebody ran
        through the cursor itself."""
        if not (self.is_whole or self.number):
            return False
        again = Answer(self.sql, self.params)
        again.take(rows if self.is_whole else islice(rows, self.number))
        return again.fingerprint.digest() == self.fingerprint.digest()


class Notes:
    """All that one page asked the database, in order. Not whole where it wrote, or read in a way that is not noted."""

    def __init__(self) -> None:
        self.answers: list[Answer] = []
        self.is_whole = True

    def __call__(self, execute: Callable[..., Any], sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
        result = execute(sql, params, many, context)
        if many or not sql.startswith(READS):
            self.is_whole = False
            return result
        cursor = context["cursor"]
        self.answers.append(answer := Answer(*_as_its_driver_reads_it(cursor, sql, tuple(params or ()))))
        self._note_what_is_taken(cursor, answer)
        return result

    def _note_what_is_taken(self, cursor: Any, answer: Answer) -> None:
        one, some, everything = cursor.fetchone, cursor.fetchmany, cursor.fetchall

        def fetchone() -> Any:
            row = one()
            answer.take(_as_bytes(cursor, answer.number, [] if row is None else [row]))
            answer.is_whole = answer.is_whole or row is None
            return row

        def fetchmany(*size: int) -> Any:
            rows = some(*size)
            answer.take(_as_bytes(cursor, answer.number, rows))
            answer.is_whole = answer.is_whole or not rows
            return rows

        def fetchall() -> Any:
            rows = everything()
            answer.take(_as_bytes(cursor, answer.number, rows))
            answer.is_whole = True
            return rows

        cursor.fetchone, cursor.fetchmany, cursor.fetchall = fetchone, fetchmany, fetchall

    @property
    def size(self) -> int:
        """Bytes, about: of the statements there is one copy for all pages of a kind."""
        return sum(400 + 60 * len(answer.params) for answer in self.answers)

    def hold(self, connection: BaseDatabaseWrapper) -> bool:
        """Whether everything would be answered today as it was."""
        asked = _asked(connection, self.answers)
        return self.is_whole and bool(self.answers) and all(map(Answer.is_in, self.answers, asked))


def _as_bytes(cursor: Any, number: int, rows: Sequence[Sequence[Any]]) -> Iterable[bytes]:
    """Rows that were just taken, of so many before: of SQLite what Python says of them, of PostgreSQL what it sent."""
    if hasattr(cursor.cursor, "pgresult"):
        return islice(pipeline.rows(cursor.cursor.pgresult, number), len(rows))
    return map(_as_python_says, rows)


def _as_python_says(row: Sequence[Any]) -> bytes:
    return repr(tuple(row)).encode()


def _as_its_driver_reads_it(cursor: Any, sql: str, params: tuple) -> tuple[str, tuple]:
    """SQLite's writes parameters as “?”, and Django's translation takes a tenth of a page's time. PostgreSQL keeps a
    plan only where it is as good for any parameter, and an index of the live pieces is no good for any standing: so
    what the code itself says (a standing, a kind) stands in the statement."""
    if convert := getattr(cursor.cursor, "convert_query", None):
        return convert(sql), params
    parts = sql.split("%s")
    if "%%" in sql or len(parts) != len(params) + 1:
        return sql, params
    said = [f"'{param}'" if isinstance(param, Choices) and str(param).isidentifier() else "%s" for param in params]
    asked = "".join(part + word for part, word in zip(parts, [*said, ""], strict=True))
    return asked, tuple(param for param, word in zip(params, said, strict=True) if word == "%s")


def _asked(connection: BaseDatabaseWrapper, answers: Sequence[Answer]) -> Iterator[Iterable[bytes]]:
    """The rows of each statement, past what Django puts around one, which takes a quarter of a page's time: on SQLite
    one after the other, as they are wanted, and PostgreSQL is asked all of them in one breath."""
    own = connection.connection
    if connection.vendor == "sqlite":
        for answer in answers:
            yield map(_as_python_says, own.execute(answer.sql, answer.params))
        return
    for answer in answers:
        answer.sent = answer.sent or pipeline.translated(answer.sql, answer.params, own)
    yield from map(pipeline.rows, pipeline.asked(own, [answer.sent for answer in answers]))


NOTHING = Notes()  # of which nobody knows whether it is still so


@contextmanager
def noted(connection: BaseDatabaseWrapper) -> Iterator[Notes]:
    notes = Notes()
    with connection.execute_wrapper(notes):
        yield notes
