"""What the database works out by itself, whoever writes: in which section readers find a piece, and which authors they
know.

Lists by section are ordered by a piece's moment, and one index serves them only where section and moment stand in one
row. The section that counts is that of the live revision, which is frozen; so this is a copy that is never wrong.
Readers know an author once a piece with their byline has been live. Asked of the pieces, that is a look at each author
and each of their pieces; in the author's own row it is an index.
"""

from typing import NamedTuple

OF_LIVE = """(SELECT r.section_id FROM articles_publication p JOIN articles_revision r ON r.id = p.revision_id
    WHERE p.id = NEW.live_id)"""
KNOWN = """EXISTS (SELECT 1 FROM articles_byline b JOIN articles_article a ON a.id = b.article_id
    WHERE b.author_id = {author} AND a.live_id IS NOT NULL)"""
BY = "SELECT author_id FROM articles_byline WHERE article_id = NEW.id"
IS_OTHERWISE = "(OLD.live_id IS NULL) <> (NEW.live_id IS NULL)"


class Derived(NamedTuple):
    """A trigger: after an event on a table, where a condition holds, a statement. On PostgreSQL the condition and the
    statement of a column's own table stand before the row is written, as `value` for `column`."""

    name: str
    event: str
    table: str
    needs: tuple[str, str]  # a table and a column without which it is not created yet
    column: str = ""
    value: str = ""
    condition: str = ""
    statement: str = ""


def _asks_anew(authors: str) -> str:
    known = KNOWN.format(author="authors_author.id")
    return f"UPDATE authors_author SET is_public = {known} WHERE id IN ({authors}) AND is_public <> {known}"  # noqa: S608 - names of ours


SECTION, AUTHOR = ("articles_article", "live_section_id"), ("authors_author", "is_public")
ALL = (
    Derived("derived_live_section", "UPDATE OF live_id, live_section_id", SECTION[0], SECTION, SECTION[1], OF_LIVE),
    *(
        Derived(f"derived_public_author_{name}", event, AUTHOR[0], AUTHOR, AUTHOR[1], KNOWN.format(author="NEW.id"))
        for name, event in (("new", "INSERT"), ("again", "UPDATE OF is_public"))
    ),
    Derived(
        "derived_public_author_live",
        "UPDATE OF live_id",
        "articles_article",
        AUTHOR,
        condition=IS_OTHERWISE,
        statement=_asks_anew(BY),
    ),
    *(
        Derived(
            f"derived_public_author_{event[:6].lower()}",
            event,
            "articles_byline",
            AUTHOR,
            statement=_asks_anew(", ".join(f"{row}.author_id" for row in rows)),
        )
        for event, rows in (
            ("INSERT", ("NEW",)),
            ("UPDATE OF author_id, article_id", ("OLD", "NEW")),
            ("DELETE", ("OLD",)),
        )
    ),
)
NAMES = [each.name for each in ALL]


def install(connection) -> None:
    """Each whose column is there already."""
    remove(connection)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for each in ALL:
            table, column = each.needs
            found = connection.introspection.get_table_description(cursor, table) if table in tables else []
            if column in {one.name for one in found} and each.table in tables:
                for statement in _statements(each, connection.vendor):
                    cursor.execute(statement)


def _statements(each: Derived, vendor: str) -> list[str]:
    on = f"{each.event} ON {each.table} FOR EACH ROW"
    if vendor == "sqlite":
        condition = each.condition or (f"NEW.{each.column} IS NOT {each.value}" if each.column else "TRUE")
        act = each.statement or f"UPDATE {each.table} SET {each.column} = {each.value} WHERE id = NEW.id"  # noqa: S608 - names of ours
        return [f"CREATE TRIGGER {each.name} AFTER {on} WHEN {condition} BEGIN {act}; END"]
    body = f"NEW.{each.column} := {each.value}" if each.column else each.statement
    if each.condition:
        body = f"IF {each.condition} THEN {body}; END IF"
    function = (
        f"CREATE OR REPLACE FUNCTION {each.name}() RETURNS trigger AS $derived$ BEGIN {body}; "
        f"RETURN {'NEW' if each.column else 'NULL'}; END $derived$ LANGUAGE plpgsql"
    )
    moment = "BEFORE" if each.column else "AFTER"
    return [function, f"CREATE TRIGGER {each.name} {moment} {on} EXECUTE FUNCTION {each.name}()"]


def remove(connection) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for each in ALL:
            on_table = f" ON {each.table}" if connection.vendor == "postgresql" else ""
            if each.table in tables:
                cursor.execute(f"DROP TRIGGER IF EXISTS {each.name}{on_table}")
