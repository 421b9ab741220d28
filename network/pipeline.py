"""PostgreSQL asked many statements in one breath, and their rows as it sends them.

A cursor of psycopg looks at a statement anew each time, and makes a value of everything that comes. To find that rows
are what they were takes neither: here a statement is translated once, prepared once on a connection, and its rows stay
bytes (libpq's pipeline mode, https://www.postgresql.org/docs/current/libpq-pipeline-mode.html).
"""

import marshal
import re
import select
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from psycopg import Connection, DatabaseError
from psycopg.adapt import PyFormat, Transformer
from psycopg.pq import ExecStatus
from psycopg.pq.abc import PGconn, PGresult

Statement = tuple[bytes, tuple[int, ...]]  # as the server reads it, and the types of its parameters
Sent = tuple[Statement, Sequence[Any], Sequence[Any]]  # with the parameters' values and formats

_prepared: WeakKeyDictionary[Connection, dict[Statement, bytes]] = WeakKeyDictionary()  # the names of what is prepared


def translated(sql: str, params: Sequence[Any], connection: Connection) -> Sent:
    """A statement with “%s” for each parameter, as the server reads it. It is the same on every connection."""
    translator = Transformer(connection)
    values = translator.dump_sequence(params, [PyFormat.AUTO] * len(params))
    return (_numbered(sql), tuple(translator.types or ())), values, translator.formats or ()


@lru_cache(maxsize=2_000)
def _numbered(sql: str) -> bytes:
    numbers = count(1)
    return re.sub("%[%s]", lambda mark: "%" if mark[0] == "%%" else f"${next(numbers)}", sql).encode()


def asked(connection: Connection, statements: Sequence[Sent]) -> list[PGresult]:
    """The answers, in order. Raises psycopg's DatabaseError where one of them is none."""
    pgconn, names = connection.pgconn, _prepared.setdefault(connection, {})
    fresh: dict[Statement, bytes] = {}
    awaited: list[Statement | None] = []  # what is being prepared; nothing for an answer
    pgconn.enter_pipeline_mode()
    for statement, values, formats in statements:
        name = names.get(statement) or fresh.get(statement)
        if name is None:
            name = fresh[statement] = b"asked%d" % (len(names) + len(fresh))
            pgconn.send_prepare(name, *statement)
            awaited.append(statement)
        pgconn.send_query_prepared(name, values, formats)
        awaited.append(None)
    pgconn.pipeline_sync()
    _flush(pgconn)
    results = [_next(pgconn) for _ in awaited]
    _next(pgconn, ends=False)  # the end of the breath
    pgconn.exit_pipeline_mode()
    for result, prepared in zip(results, awaited, strict=True):
        if result.status not in (ExecStatus.TUPLES_OK, ExecStatus.COMMAND_OK):
            raise DatabaseError(result.error_message.decode(errors="replace"))
        if prepared is not None:
            names[prepared] = fresh[prepared]
    return [result for result, prepared in zip(results, awaited, strict=True) if prepared is None]


def rows(result: PGresult, first: int = 0) -> Iterator[bytes]:
    """Each row from this one on, so that no two have the same bytes."""
    columns = range(result.nfields)
    for row in range(first, result.ntuples):
        yield marshal.dumps([result.get_value(row, column) for column in columns], 2)


def _flush(pgconn: PGconn) -> None:
    while pgconn.flush():
        _wait(pgconn, select.POLLIN | select.POLLOUT)
        pgconn.consume_input()


def _next(pgconn: PGconn, ends: bool = True) -> PGresult:
    """What comes next. An answer ends with nothing."""
    while pgconn.is_busy():
        _wait(pgconn, select.POLLIN)
        pgconn.consume_input()
    result = pgconn.get_result()
    if result is None or (ends and pgconn.get_result() is not None):
        raise DatabaseError("What came was no answer to what was asked.")
    return result


def _wait(pgconn: PGconn, events: int) -> None:
    poll = select.poll()
    poll.register(pgconn.socket, events)
    poll.poll()
