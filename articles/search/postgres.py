"""Full-text search in PostgreSQL: a stored, weighted `tsvector` beside `SearchText`, with a GIN index.

The configuration `network` stems English, keeps every word (so that a quotation can be found whole) and, where the
extension `unaccent` is there, takes accents for nothing.
"""

from typing import Any

from django.db import DatabaseError, transaction

from articles.search.asked import Asked, Term

DOCUMENT = " || ".join(
    f"setweight(to_tsvector('network', {column}), '{weight}')"
    for column, weight in (("headline", "A"), ("dek", "B"), ("byline", "C"), ("body", "D"))
)
WEIGHTS = "'{0.1, 0.5, 0.5, 1.0}'"  # of D, C, B and A
BY_LENGTH = 1  # a rank is divided by one and the logarithm of the text's length
SNIPPET = "MaxWords=32, MinWords=16, ShortWord=0, MaxFragments=0"
SHOWN = ("headline", "dek", "body")
ANGLES = "\ue002\ue003"  # what stands for < and > meanwhile: a passage leaves out what looks like a tag
MAPPING = "ALTER TEXT SEARCH CONFIGURATION network ALTER MAPPING FOR"
CONFIGURE = (
    "CREATE TEXT SEARCH DICTIONARY network_stem (TEMPLATE = snowball, Language = english)",
    "CREATE TEXT SEARCH CONFIGURATION network (COPY = english)",
    f"{MAPPING} asciiword, asciihword, hword_asciipart WITH network_stem",
)
ADD = (
    f"ALTER TABLE articles_searchtext ADD COLUMN document tsvector GENERATED ALWAYS AS ({DOCUMENT}) STORED",
    "ALTER TABLE articles_searchtext ALTER COLUMN document SET STORAGE EXTERNAL",  # uncompressed: read a third faster
    "CREATE INDEX articles_searchtext_document ON articles_searchtext USING gin (document)",
)
REMOVE = (
    "ALTER TABLE articles_searchtext DROP COLUMN IF EXISTS document",
    "DROP TEXT SEARCH CONFIGURATION IF EXISTS network",
    "DROP TEXT SEARCH DICTIONARY IF EXISTS network_stem",
)


def install(cursor) -> None:
    remove(cursor)
    for statement in CONFIGURE:
        cursor.execute(statement)
    _fold_accents(cursor)
    for statement in ADD:
        cursor.execute(statement)


def remove(cursor) -> None:
    for statement in REMOVE:
        cursor.execute(statement)


def refresh(cursor) -> None:
    """The configuration as the database allows it today, and every document anew."""
    _fold_accents(cursor)
    cursor.execute("UPDATE articles_searchtext SET headline = headline")
    cursor.execute("ANALYZE articles_searchtext")


def _fold_accents(cursor) -> None:
    """With `unaccent` where it is there or may be made; without it words are found as they are spelt."""
    try:
        with transaction.atomic(using=cursor.db.alias):
            cursor.execute("CREATE EXTENSION IF NOT EXISTS unaccent")
    except DatabaseError:
        chain = "network_stem"
    else:
        chain = "unaccent, network_stem"
    cursor.execute(f"{MAPPING} word, hword, hword_part WITH {chain}")


def condition(asked: Asked) -> tuple[str, list[Any]]:
    source, values = query(asked)
    where = "t.document @@ q.query"
    if asked.section:
        where += " AND t.section_id = %s"
        values.append(asked.section)
    if asked.months:
        where += " AND t.published_at >= %s AND t.published_at < %s"
        values += asked.months
    return f"articles_searchtext t, (SELECT {source} AS query) q WHERE {where}", values


def query(asked: Asked) -> tuple[str, list[Any]]:
    """The words as a `tsquery`. Each stands in quotation marks, so that none of them is an operator."""
    parts, values = [], []
    plain = [term for term in asked.terms if not (term.is_beginning or term.is_of_byline)]
    if plain:
        parts.append("websearch_to_tsquery('network', %s)")
        values.append(" ".join(f'-"{term.words}"' if term.is_refused else f'"{term.words}"' for term in plain))
    for term in asked.terms:
        if term not in plain:
            parts.append(f"{'!!' if term.is_refused else ''}to_tsquery('network', %s)")
            values.append(_labelled(term))
    return " && ".join(parts), values


def _labelled(term: Term) -> str:
    """Word after word, the last as a beginning, or all of the byline's weight."""
    words = [f"'{word}'" for word in term.words.split()]
    if term.is_of_byline:
        words = [f"{word}:C" for word in words]
    elif term.is_beginning:
        words[-1] += ":*"
    return " <-> ".join(words)


def ids(cursor, asked: Asked, most: int) -> tuple[list[int], int]:
    """The first pieces that are found, at most so many, and how many there are altogether.

    The newest are ranked: a word that is in more pieces than that says little of any of them. The planner takes a look
    at every document for cheap, which it is not, so it is told to use the index.
    """
    source, values = condition(asked)
    document = "(SELECT t.document FROM articles_searchtext t WHERE t.article_id = newest.article_id)"
    rank = "" if asked.is_by_date else f"ts_rank({WEIGHTS}, {document}, query, {BY_LENGTH}) DESC, "
    newest_first = "published_at DESC, article_id DESC"
    with transaction.atomic(using=cursor.db.alias):
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"WITH found AS MATERIALIZED (SELECT t.article_id, t.published_at, q.query FROM {source}), "
            f"newest AS (SELECT * FROM found ORDER BY {newest_first} LIMIT %s) "
            f"SELECT article_id, (SELECT count(*) FROM found) FROM newest ORDER BY {rank}{newest_first}",
            [*values, most],
        )
        rows = cursor.fetchall()
    return [row[0] for row in rows], rows[0][1] if rows else 0


def marked(cursor, asked: Asked, articles: list[int], marks: tuple[str, str]) -> dict[int, tuple[str, ...]]:
    """Headline, dek and a passage of the text of each, with marks around what was found."""
    source, values = query(asked)
    around = f"StartSel={marks[0]}, StopSel={marks[1]}"
    whole, passage = f"{around}, HighlightAll=true", f"{around}, {SNIPPET}"
    shown = (f"ts_headline('network', translate({column}, '<>', '{ANGLES}'), query, %s)" for column in SHOWN)
    cursor.execute(
        f"SELECT article_id, {', '.join(shown)} FROM articles_searchtext, (SELECT {source} AS query) q "
        "WHERE article_id = ANY(%s)",
        [whole, whole, passage, *values, articles],
    )
    back = str.maketrans(ANGLES, "<>")
    return {pk: tuple(words.translate(back) for words in texts) for pk, *texts in cursor.fetchall()}
