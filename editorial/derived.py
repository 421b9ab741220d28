"""What the database works out by itself, whoever writes: in which section readers find a piece, which authors they
know, how many pieces are listed, which have a tag, and what stands in each part of the sitemap.

Lists by section are ordered by a piece's moment, and one index serves them only where section and moment stand in one
row. The section that counts is that of the live revision, which is frozen; so this is a copy that is never wrong.
Readers know an author once a piece with their byline has been live. Asked of the pieces, that is a look at each author
and each of their pieces; in the author's own row it is an index. What is listed is counted with each change, because
counting a hundred thousand rows for a page takes longer than the page. A tag of a listed piece stands beside the
piece's moment for the same reason as its section, and each part of the sitemap says when it last changed.
"""

from typing import NamedTuple

from articles.models.publication import SILENT
from articles.models.sitemap_part import PER_PART

OF_LIVE = """(SELECT r.section_id FROM articles_publication p JOIN articles_revision r ON r.id = p.revision_id
    WHERE p.id = NEW.live_id)"""
KNOWN = """EXISTS (SELECT 1 FROM articles_byline b JOIN articles_article a ON a.id = b.article_id
    WHERE b.author_id = {author} AND a.live_id IS NOT NULL)"""
MONTH = {
    "sqlite": "substr({row}.published_at, 1, 7)",
    "postgresql": "to_char({row}.published_at AT TIME ZONE 'UTC', 'YYYY-MM')",
}
PIECES, BYLINES, TAGS = "articles_article", "articles_byline", "articles_article_tags"
STEPS = (("OLD", -1), ("NEW", 1))
PUBLICATIONS, LETTERS = "articles_publication", "authors_lettercount"
LISTED_TAGS, COUNTS, PARTS = "articles_listedtag", "articles_keptcount", "articles_sitemappart"
NEEDS = {
    PIECES: "live_section_id",
    "authors_author": "is_public",
    LETTERS: "number",
    "articles_listedcount": "number",
    LISTED_TAGS: "published_at",
    COUNTS: "number",
    PARTS: "changed_at",
}
TAGGED = f"""SELECT t.tag_id, a.id, a.published_at FROM {TAGS} t JOIN {PIECES} a ON a.id = t.article_id
    WHERE a.standing = 'live'"""  # noqa: S608 - names of ours
IN_MAP = "({row}.standing = 'live' AND NOT ({row}.prior = 'elsewhere' AND {row}.canonical = 'elsewhere'))"
PART = f"(({{row}}.id + {PER_PART - 1}) / {PER_PART})"
TOLD = "{row}.kind NOT IN (" + ", ".join(f"'{kind}'" for kind in SILENT) + ")"
MODIFIED = f"""COALESCE((SELECT p.published_at FROM {PUBLICATIONS} p
    WHERE p.article_id = {{row}}.id AND {TOLD.format(row="p")}
    ORDER BY p.number DESC LIMIT 1), {{row}}.published_at)"""  # noqa: S608 - names of ours


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


def _letter_counts() -> list[Derived]:
    name, table = "derived_letter_count", "authors_author"
    less, more = (
        f"SELECT SUBSTR({row}.name, 1, 1) AS first, {step} AS step WHERE {row}.is_public" for row, step in STEPS
    )
    insert, delete, update = (
        f"INSERT INTO {LETTERS} (first, number) SELECT c.first, SUM(c.step) FROM ({rows}) c "  # noqa: S608 - names of ours
        "GROUP BY 1 HAVING SUM(c.step) <> 0 ORDER BY 1 "
        f"ON CONFLICT (first) DO UPDATE SET number = {LETTERS}.number + excluded.number"
        for rows in (more, less, f"{less} UNION ALL {more}")
    )
    return [
        Derived(f"{name}_insert", "INSERT", table, statement=insert),
        Derived(f"{name}_update", "UPDATE OF name, is_public", table, statement=update),
        Derived(f"{name}_delete", "DELETE", table, statement=delete),
    ]


def _listed_counts(vendor: str) -> list[Derived]:
    name, month = "derived_listed_count", MONTH[vendor]
    less, more = STEPS
    changed = "UPDATE OF standing, published_at, live_id, live_section_id"  # the section follows from what is live
    was_or_is = "OLD.standing = 'live' OR NEW.standing = 'live'"
    return [
        Derived(f"{name}_insert", "INSERT", PIECES, statement=_counted((more,), month)),
        Derived(f"{name}_update", changed, PIECES, condition=was_or_is, statement=_counted((less, more), month)),
        Derived(f"{name}_delete", "DELETE", PIECES, statement=_counted((less,), month)),
    ]


def _listed_tags() -> list[Derived]:
    """No piece is born listed, and none goes while it has tags."""
    name = "derived_listed_tag"
    add = f"INSERT INTO {LISTED_TAGS} (tag, article, published_at) {TAGGED}"
    of_row = f"{add} AND t.id = NEW.id"
    less = f"DELETE FROM {LISTED_TAGS} WHERE article = OLD.article_id AND tag = OLD.tag_id"  # noqa: S608 - names of ours
    again = f"DELETE FROM {LISTED_TAGS} WHERE article = NEW.id; {add} AND a.id = NEW.id ORDER BY t.tag_id"  # noqa: S608 - names of ours
    is_otherwise = "(OLD.standing = 'live') <> (NEW.standing = 'live')"
    moved = f"{is_otherwise} OR (NEW.standing = 'live' AND OLD.published_at <> NEW.published_at)"
    return [
        Derived(f"{name}_insert", "INSERT", TAGS, statement=of_row),
        Derived(f"{name}_delete", "DELETE", TAGS, statement=less),
        Derived(f"{name}_update", "UPDATE OF article_id, tag_id", TAGS, statement=f"{less}; {of_row}"),
        Derived(f"{name}_piece", "UPDATE OF standing, published_at", PIECES, condition=moved, statement=again),
    ]


def _kept_counts() -> list[Derived]:
    """Of each tag, as its rows come and go; and of the notes, which come with a publication and go with the piece."""
    tag, note, is_told = "derived_tag_count", "derived_note_count", TOLD.format(row="NEW")
    notes = f"(SELECT COUNT(*) FROM {PUBLICATIONS} p WHERE p.article_id = NEW.id AND {TOLD.format(row='p')})"  # noqa: S608 - names of ours
    step = f"CASE WHEN NEW.standing = 'removed' THEN -{notes} ELSE {notes} END"
    is_otherwise = "(OLD.standing = 'removed') <> (NEW.standing = 'removed')"
    return [
        Derived(f"{tag}_insert", "INSERT", LISTED_TAGS, statement=_one_more("'tag'", "NEW.tag", "1")),
        Derived(f"{tag}_delete", "DELETE", LISTED_TAGS, statement=_one_more("'tag'", "OLD.tag", "-1")),
        Derived(f"{note}_told", "INSERT", PUBLICATIONS, condition=is_told, statement=_one_more("'note'", "0", "1")),
        Derived(
            f"{note}_piece",
            "UPDATE OF standing",
            PIECES,
            condition=is_otherwise,
            statement=_one_more("'note'", "0", step),
        ),
    ]


def _one_more(kind: str, subject: str, step: str) -> str:
    counted = f"ON CONFLICT (kind, subject) DO UPDATE SET number = {COUNTS}.number + excluded.number"
    return f"INSERT INTO {COUNTS} (kind, subject, number) SELECT {kind}, {subject}, {step} WHERE TRUE {counted}"


def _sitemap_parts() -> list[Derived]:
    """A piece that comes or changes is the newest of its part, or it changes nothing there; only where one leaves, the
    others are looked at, once nobody else can change what is said of them."""
    name, was, is_ = "derived_sitemap_part", IN_MAP.format(row="OLD"), IN_MAP.format(row="NEW")
    changed = "UPDATE OF standing, prior, canonical, live_id, published_at"
    later = f"CASE WHEN {PARTS}.changed_at > excluded.changed_at THEN {PARTS}.changed_at ELSE excluded.changed_at END"
    enter = (
        f"INSERT INTO {PARTS} (number, pieces, changed_at) "
        f"SELECT {PART.format(row='NEW')}, CASE WHEN {was} THEN 0 ELSE 1 END, {MODIFIED.format(row='NEW')} WHERE TRUE "
        f"ON CONFLICT (number) DO UPDATE SET pieces = {PARTS}.pieces + excluded.pieces, changed_at = {later}"
    )
    left = f"pieces = pieces - CASE WHEN {is_} THEN 0 ELSE 1 END"
    newest = f"SELECT MAX({MODIFIED.format(row='a')}) FROM {PIECES} a WHERE {IN_MAP.format(row='a')} "  # noqa: S608 - names of ours
    newest += f"AND a.id > (number - 1) * {PER_PART} AND a.id <= number * {PER_PART}"
    of_part = f"WHERE number = {PART.format(row='OLD')}"
    leave = f"UPDATE {PARTS} SET {left} {of_part}; UPDATE {PARTS} SET changed_at = ({newest}) {of_part}"  # noqa: S608 - names of ours
    is_new = f"{is_} AND (NOT {was} OR OLD.live_id <> NEW.live_id)"
    is_gone = f"{was} AND (NOT {is_} OR OLD.published_at <> NEW.published_at)"
    return [
        Derived(f"{name}_enter", changed, PIECES, condition=is_new, statement=enter),
        Derived(f"{name}_leave", changed, PIECES, condition=is_gone, statement=leave),
    ]


def _counted_anew(table: str, key: str, empty: dict[str, str], counted: str) -> list[str]:
    """`empty`: the columns beside the key, each with what it says of nothing. Rows keep their numbers: a database that
    was moved is compared row by row."""
    columns = ", ".join((key, *empty))
    emptied = ", ".join(f"{column} = {value}" for column, value in empty.items())
    filled = ", ".join(f"{column} = excluded.{column}" for column in empty)
    fill = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM ({counted}) c WHERE TRUE "  # noqa: S608 - names of ours
    return [
        f"UPDATE {table} SET {emptied} WHERE ({key}) NOT IN (SELECT {key} FROM ({counted}) c)",  # noqa: S608 - names of ours
        f"{fill} ON CONFLICT ({key}) DO UPDATE SET {filled}",
    ]


def _worked_out_anew(vendor: str) -> dict[str, list[str]]:
    """What sets right all rows that were written while a trigger was not there, by the table."""
    month = MONTH[vendor].format(row="a")
    listed = f"SELECT {month} AS month, COALESCE(a.live_section_id, 0) AS section, COUNT(*) AS number "
    listed += f"FROM {PIECES} a WHERE a.standing = 'live' GROUP BY 1, 2"
    letters = "SELECT SUBSTR(name, 1, 1) AS first, COUNT(*) AS number FROM authors_author WHERE is_public GROUP BY 1"
    tagged = f"SELECT 'tag' AS kind, tag AS subject, COUNT(*) AS number FROM {LISTED_TAGS} GROUP BY tag"  # noqa: S608 - names of ours
    noted = f"SELECT 'note' AS kind, 0 AS subject, COUNT(*) AS number FROM {PUBLICATIONS} p "  # noqa: S608 - names of ours
    noted += f"JOIN {PIECES} a ON a.id = p.article_id WHERE a.standing <> 'removed' AND {TOLD.format(row='p')} "
    part, changed_at = PART.format(row="a"), MODIFIED.format(row="a")
    parts = f"SELECT {part} AS number, COUNT(*) AS pieces, MAX({changed_at}) AS changed_at FROM {PIECES} a "  # noqa: S608 - names of ours
    parts += f"WHERE {IN_MAP.format(row='a')} GROUP BY 1"
    return {
        "authors_author": [_known("SELECT id FROM authors_author")],
        LETTERS: _counted_anew(LETTERS, "first", {"number": "0"}, letters),
        "articles_listedcount": _counted_anew("articles_listedcount", "month, section", {"number": "0"}, listed),
        LISTED_TAGS: [
            f"DELETE FROM {LISTED_TAGS} WHERE (tag, article, published_at) NOT IN ({TAGGED})",  # noqa: S608 - names of ours
            f"INSERT INTO {LISTED_TAGS} (tag, article, published_at) {TAGGED} ON CONFLICT DO NOTHING",
        ],
        COUNTS: _counted_anew(COUNTS, "kind, subject", {"number": "0"}, f"{tagged} UNION ALL {noted} GROUP BY 1"),
        PARTS: _counted_anew(PARTS, "number", {"pieces": "0", "changed_at": "NULL"}, parts),
    }


def _all(connection) -> dict[str, list[Derived]]:
    """By the table that holds what they work out; what is counted stands behind what it is counted from."""
    return {
        PIECES: _section(),
        "authors_author": _public_authors(),
        LETTERS: _letter_counts(),
        "articles_listedcount": _listed_counts(connection.vendor),
        LISTED_TAGS: _listed_tags(),
        COUNTS: _kept_counts(),
        PARTS: _sitemap_parts(),
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
