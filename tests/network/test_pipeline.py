"""What PostgreSQL is asked in one breath."""

import pytest
from django.db import connection
from psycopg import DatabaseError

from network import pipeline

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite is asked one after the other")


def answers(*statements: tuple[str, tuple]) -> list[list[bytes]]:
    own = connection.connection
    sent = [pipeline.translated(sql, params, own) for sql, params in statements]
    return [list(pipeline.rows(result)) for result in pipeline.asked(own, sent)]


@pytest.fixture(autouse=True)
def _opened(transactional_db):
    connection.ensure_connection()


def test_each_statement_is_answered_in_its_place():
    one, none, three = answers(
        ("SELECT %s::text", ("it's 100%",)),
        ("SELECT 1 WHERE %s", (False,)),
        ("SELECT generate_series(%s::int, %s::int)", (1, 3)),
    )

    assert (len(one), none, len(three)) == (1, [], 3)
    assert b"it's 100%" in one[0]
    assert len({*three}) == 3


def test_percent_sign_and_numbers_are_read_as_a_cursor_reads_them():
    sql, params = "SELECT 'a%%b' || %s::text, %s::int - %s::int", ("%s", 5, 3)
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        assert cursor.fetchone() == ("a%b%s", 2)

    [[row]] = answers((sql, params))

    assert b"a%b%s" in row
    assert row.endswith(b"2")


@pytest.mark.parametrize(
    ("one", "other"),
    [(("", None), (None, "")), (("a", "bc"), ("ab", "c")), ((None, None), ("", "")), (("1", "0"), ("1", "1"))],
)
def test_rows_that_differ_have_other_bytes(one, other):
    sql = "SELECT %s::text, %s::text"

    first, second, again = answers((sql, one), (sql, other), (sql, one))

    assert first == again
    assert first != second


def test_as_many_as_a_page_could_ask_are_answered():
    found = answers(*(("SELECT %s::int, repeat('x', 100000)", (number,)) for number in range(100)))

    assert len({row for (row,) in found}) == 100


@pytest.mark.parametrize("wrong", ["SELECT 1 / %s::int", "SELECT nothing FROM nowhere WHERE %s::int = 0"])
def test_statement_that_fails_is_an_error_and_so_is_what_stood_behind_it(wrong):
    with pytest.raises(DatabaseError, match=r"division by zero|nowhere"):
        answers(("SELECT 1", ()), (wrong, (0,)), ("SELECT 2", ()))

    assert len(answers(("SELECT 1", ()), ("SELECT 2", ()))) == 2


def test_connection_that_is_gone_is_an_error():
    own = connection.connection
    with connection._nodb_cursor() as other:
        other.execute("SELECT pg_terminate_backend(%s)", (own.info.backend_pid,))

    with pytest.raises(DatabaseError):
        answers(("SELECT 1", ()))
    connection.close()
