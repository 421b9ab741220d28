"""What makes a new edition (network/edition.py): every change of what readers see, whoever makes it. Triggers count it,
in the change's own transaction.

On PostgreSQL the number is counted up at the end of the transaction, when it holds every other lock that it needs, so
that two people who publish wait for each other and never block each other.
"""

from collections.abc import Iterator
from typing import NamedTuple

# Never a number that was given out before, also not after the database went back to an older copy or to a replica that
# was behind: a process may still keep pages under it. So it is at least the milliseconds since 1970.
UP = {
    "sqlite": "UPDATE network_edition SET number = "
    "MAX(number + 1, CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER))",
    "postgresql": "UPDATE network_edition SET number = "
    "GREATEST(number + 1, (EXTRACT(EPOCH FROM clock_timestamp()) * 1000)::bigint)",
}
ONCE = f"{UP['postgresql']} WHERE xmin::text <> pg_current_xact_id()::xid::text"  # however many rows it writes
ALWAYS = ("INSERT", "UPDATE", "DELETE")
OF_PIECE = (
    "slug", "standing", "live_id", "repin_id", "published_at", "created_at", "scheduled_for", "label", "language",
    "response_kind", "prior", "prior_url", "canonical", "lead_picture_id",
)  # fmt: skip
OF_AUTHOR = "user_id name slug familiar role bio long_bio portrait portrait_alt status takes_letters".split()
OF_PICTURE = "focus_x focus_y alt caption credit licence made is_decorative".split()
WAS_PUBLIC = "EXISTS (SELECT 1 FROM articles_article a WHERE a.id = {row}.article_id AND a.standing <> 'unpublished')"
IS_PUBLIC_OR_DUE = "({row}.standing <> 'unpublished' OR OLD.scheduled_for {differs} NEW.scheduled_for)"
IS_SHOWN = (
    "EXISTS (SELECT 1 FROM articles_picture i JOIN articles_publication p ON p.article_id = i.article_id "
    "WHERE i.id = {row}.picture_id)"
)


class Change(NamedTuple):
    """A kind of writing to a table that readers may see. `columns`: only where one of them changes. `only_if`: about
    `{row}`, which is the row as it is written or, where it goes, as it was."""

    table: str
    when: tuple[str, ...] = ALWAYS
    columns: tuple[str, ...] = ()
    only_if: str = ""


CHANGES = (
    Change("articles_publication", ("INSERT",)),
    Change("articles_notice", ("INSERT",)),
    Change("articles_repin", ("INSERT",)),
    Change("articles_article", ("UPDATE",), OF_PIECE, IS_PUBLIC_OR_DUE),
    Change("articles_article_tags"),
    Change("articles_byline", ALWAYS, (), WAS_PUBLIC),
    Change("articles_disclaimer"),
    Change("articles_section"),
    Change("articles_tag"),
    Change("articles_rendition", ALWAYS, (), IS_SHOWN),
    Change("articles_picture", ("UPDATE",), (*OF_PICTURE,), IS_SHOWN.replace("picture_id", "id")),
    Change("authors_author", ("UPDATE",), (*OF_AUTHOR,)),
    Change("authors_sociallink"),
    Change("editorial_brokenglass", ("INSERT",)),
    Change("auth_user", ("UPDATE",), ("username", "first_name", "last_name")),
    Change("network_network", ("INSERT", "UPDATE")),
)


def install(connection) -> None:
    """Create each trigger anew whose tables are there already."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, change, when in _each() if "network_edition" in tables else ():
            for statement in _statements(name, change, when, connection.vendor) if change.table in tables else ():
                cursor.execute(statement)


def count(connection) -> None:
    """For what was changed while the triggers were not there."""
    if "network_edition" in connection.introspection.table_names():
        with connection.cursor() as cursor:
            cursor.execute(UP[connection.vendor])


def remove(connection) -> None:
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for name, change, _ in _each():
            if change.table in tables:
                cursor.execute(_dropped(name, change, connection.vendor))


def names() -> list[str]:
    """The triggers that have to be there."""
    return [name for name, *_ in _each()]


def _each() -> Iterator[tuple[str, Change, str]]:
    for change in CHANGES:
        for when in change.when:
            yield f"edition_on_{change.table}_{when.lower()}", change, when


def _dropped(name: str, change: Change, vendor: str) -> str:
    return f"DROP TRIGGER IF EXISTS {name}" + (f" ON {change.table}" if vendor == "postgresql" else "")


def _statements(name: str, change: Change, when: str, vendor: str) -> list[str]:
    dropped = _dropped(name, change, vendor)
    if vendor == "sqlite":
        condition = _condition(change, when, "IS NOT")
        event = f"CREATE TRIGGER {name} AFTER {when} ON {change.table} FOR EACH ROW WHEN {condition}"
        return [dropped, f"{event} BEGIN {UP['sqlite']}; END"]
    body = f"BEGIN IF {_condition(change, when, 'IS DISTINCT FROM')} THEN {ONCE}; END IF; RETURN NULL; END"
    function = f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $edition$ {body} $edition$ LANGUAGE plpgsql"
    event = f"CREATE CONSTRAINT TRIGGER {name} AFTER {when} ON {change.table} DEFERRABLE INITIALLY DEFERRED"
    return [function, dropped, f"{event} FOR EACH ROW EXECUTE FUNCTION {name}()"]


def _condition(change: Change, when: str, differs: str) -> str:
    row = "OLD" if when == "DELETE" else "NEW"
    conditions = [change.only_if.format(row=row, differs=differs)] if change.only_if else []
    if change.columns:
        conditions.append("(" + " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in change.columns) + ")")
    return " AND ".join(conditions) or "TRUE"
