"""What the database works out by itself, whoever writes: in which section readers find a piece, which authors they
know, and how many pieces are listed.

Lists by section are ordered by a piece's moment, and one index serves them only where section and moment stand in one
row. The section that counts is that of the live revision, which is frozen; so this is a copy that is never wrong.
Readers know an author once a piece with their byline has been live. Asked of the pieces, that is a look at each author
and each of their pieces; in the author's own row it is an index. What is listed is counted with each change, because
counting a hundred thousand rows for a page takes longer than the page.
"""

from typing import NamedTuple

OF_LIVE = """(SELECT r.section_id FROM articles_publication p JOIN articles_revision r ON r.id = p.revision_id
    WHERE p.id = NEW.live_id)"""
KNOWN = """EXISTS (SELECT 1 FROM articles_byline b JOIN articles_article a ON a.id = b.article_id
    WHERE b.author_id = {author} AND a.live_id IS NOT NULL)"""
MONTH = {
    "sqlite": "substr({row}.published_at, 1, 7)",
    "postgresql": "to_char({row}.published_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
PIECES, BYLINES = "articles_article", "articles_byline"
NEEDS = {PIECES: "live_section_id", "authors_author": "is_public", "articles_listedcount": "number"}


class Derived(NamedTuple):
    """A trigger. Either `column` of the row that is written gets `value`, or after it `statement` is run."""

    name: str
    event: str
    table: str
    column: str = ""
    value: str = ""
    condition: str = "TRUE"
    statement: str = ""


def _known(authors: str) -> str:
    known = KNOWN.format(author="authors_author.id")
    return f"UPDATE authors_author SET is_public = {known} WHERE id IN ({authors}) AND is_public <> {known}"  # noqa: S608 - names of ours


def _counted(steps: tuple[tuple[str, int], ...], month: str) -> str:
    """Nothing where a piece stays in its month and section; else each of the two in order, so that no two wait for each
    other."""
    rows = (
        f"SELECT {month.format(row=row)} AS month, COALESCE({row}.live_section_id, 0) AS section, {step} AS step "
        f"WHERE {row}.standing = 'live'"
        for row, step in steps
    )
    changed = f"SELECT c.month, c.section, SUM(c.step) FROM ({' UNION ALL '.join(rows)}) c "  # noqa: S608 - names of ours
    changed += "GROUP BY 1, 2 HAVING SUM(c.step) <> 0 ORDER BY 1, 2"
    counted = "ON CONFLICT (month, section) DO UPDATE SET number = articles_listedcount.number + excluded.number"
    return f"INSERT INTO articles_listedcount (month, section, number) {changed} {counted}"


def _section() -> list[Derived]:
    return [Derived("derived_live_section", "UPDATE OF live_id, live_section_id", PIECES, "live_section_id", OF_LIVE)]


def _public_authors() -> list[Derived]:
    name = "derived_public_author"
    is_otherwise = "(OLD.live_id IS NULL) <> (NEW.live_id IS NULL)"
    by = _known("SELECT author_id FROM articles_byline WHERE article_id = NEW.id")
    known = KNOWN.format(author="NEW.id")
    return [
        Derived(f"{name}_new", "INSERT", "authors_author", "is_public", known),
        Derived(f"{name}_again", "UPDATE OF is_public", "authors_author", "is_public", known),
        Derived(f"{name}_live", "UPDATE OF live_id", PIECES, condition=is_otherwise, statement=by),
        Derived(f"{name}_insert", "INSERT", BYLINES, statement=_known("NEW.author_id")),
        Derived(f"{name}_delete", "DELETE", BYLINES, statement=_known("OLD.author_id")),
        Derived(
            f"{name}_update",
            "UPDATE OF author_id, article_id",
            BYLINES,
            statement=_known("OLD.author_id, NEW.author_id"),
        ),
    ]


def _listed_counts(vendor: str) -> list[Derived]:
    name, month = "derived_listed_count", MONTH[vendor]
    less, more = ("OLD", -1), ("NEW", 1)
    changed = "UPDATE OF standing, published_at, live_id, live_section_id"  # the section follows from what is live
    was_or_is = "OLD.standing = 'live' OR NEW.standing = 'live'"
    return [
        Derived(f"{name}_insert", "INSERT", PIECES, statement=_counted((more,), month)),
        Derived(f"{name}_update", changed, PIECES, condition=was_or_is, statement=_counted((less, more), month)),
        Derived(f"{name}_delete", "DELETE", PIECES, statement=_counted((less,), month)),
    ]


def _worked_out_anew(vendor: str) -> dict[str, list[str]]:
    """What sets right all rows that were written while a trigger was not there, by the table."""
    month = MONTH[vendor].format(row="a")
    counted = f"SELECT {month} AS month, COALESCE(a.live_section_id, 0) AS section, COUNT(*) AS number "
    counted += "FROM articles_article a WHERE a.standing = 'live' GROUP BY 1, 2"
    emptied = f"SELECT c.month, c.section FROM ({counted}) c"  # noqa: S608 - names of ours
    filled = f"INSERT INTO articles_listedcount (month, section, number) SELECT * FROM ({counted}) c WHERE TRUE "  # noqa: S608 - names of ours
    return {
        "authors_author": [_known("SELECT id FROM authors_author")],
        "articles_listedcount": [
            f"UPDATE articles_listedcount SET number = 0 WHERE (month, section) NOT IN ({emptied})",  # noqa: S608 - names of ours
            f"{filled} ON CONFLICT (month, section) DO UPDATE SET number = excluded.number",
        ],
    }


def _all(connection) -> dict[str, list[Derived]]:
    """By the table that holds what they work out."""
    return {
        PIECES: _section(),
        "authors_author": _public_authors(),
        "articles_listedcount": _listed_counts(connection.vendor),
    }


def names(connection) -> list[str]:
    """The triggers that have to be there."""
    return [each.name for group in _all(connection).values() for each in group]


def install(connection) -> None:
    """Create those whose column is there already, and set right what was written without them. On PostgreSQL nobody
    reads or writes the tables in between."""
    remove(connection)
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for table, group in _all(connection).items():
            found = connection.introspection.get_table_description(cursor, table) if table in tables else []
            if NEEDS[table] not in {column.name for column in found}:
                continue
            for each in group:
                for statement in _statements(each, connection.vendor):
                    cursor.execute(statement)
            for statement in _worked_out_anew(connection.vendor).get(table, ()):
                cursor.execute(statement)


def _statements(each: Derived, vendor: str) -> list[str]:
    on = f"{each.event} ON {each.table} FOR EACH ROW"
    if vendor == "sqlite":
        condition = f"NEW.{each.column} IS NOT {each.value}" if each.column else each.condition
        itself = f"UPDATE {each.table} SET {each.column} = {each.value} WHERE id = NEW.id"  # noqa: S608 - names of ours
        return [f"CREATE TRIGGER {each.name} AFTER {on} WHEN {condition} BEGIN {each.statement or itself}; END"]
    act = each.statement or f"NEW.{each.column} := {each.value}"
    answer, moment = ("NEW", "BEFORE") if each.column else ("NULL", "AFTER")
    function = (
        f"CREATE OR REPLACE FUNCTION {each.name}() RETURNS trigger AS $derived$ BEGIN "
        f"IF {each.condition} THEN {act}; END IF; RETURN {answer}; END $derived$ LANGUAGE plpgsql"
    )
    return [function, f"CREATE TRIGGER {each.name} {moment} {on} EXECUTE FUNCTION {each.name}()"]


def remove(connection) -> None:
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
        for each in (each for group in _all(connection).values() for each in group if each.table in tables):
            on_table = f" ON {each.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {each.name}{on_table}")
