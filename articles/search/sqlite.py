"""Full-text search in SQLite: an FTS5 index over `SearchText`, which its triggers keep."""

from typing import Any

from articles.search.asked import Asked, Term

COLUMNS = "headline, dek, byline, body"
OLD = ", ".join(f"old.{column}" for column in COLUMNS.split(", "))
NEW = OLD.replace("old.", "new.")
FORGET = (
    f"INSERT INTO articles_searchindex(articles_searchindex, rowid, {COLUMNS}) VALUES ('delete', old.article_id, {OLD})"
)
KEEP = f"INSERT INTO articles_searchindex(rowid, {COLUMNS}) VALUES (new.article_id, {NEW})"
TRIGGERS = {"insert": KEEP, "delete": FORGET, "update": f"{FORGET}; {KEEP}"}
RANK = "bm25(articles_searchindex, 10.0, 5.0, 5.0, 1.0)"  # a word of the headline says more than one of the text
NEWEST_FIRST = "published_at DESC, article_id DESC"
BODY = COLUMNS.split(", ").index("body")
SNIPPET_WORDS = 32


def install(cursor) -> None:
    """The index, empty, and the triggers that keep it. A migration that rebuilds the table ends with this too."""
    remove(cursor)
    cursor.execute(
        f"CREATE VIRTUAL TABLE articles_searchindex USING fts5({COLUMNS}, content='articles_searchtext', "
        "content_rowid='article_id', tokenize='porter unicode61 remove_diacritics 2', prefix='2 3')"
    )
    for when, act in TRIGGERS.items():
        cursor.execute(f"CREATE TRIGGER search_on_{when} AFTER {when} ON articles_searchtext BEGIN {act}; END")
    refresh(cursor)


def remove(cursor) -> None:
    for when in TRIGGERS:
        cursor.execute(f"DROP TRIGGER IF EXISTS search_on_{when}")
    cursor.execute("DROP TABLE IF EXISTS articles_searchindex")


def refresh(cursor) -> None:
    """The index anew, from the rows that are there."""
    cursor.execute("INSERT INTO articles_searchindex(articles_searchindex) VALUES ('rebuild')")


def condition(asked: Asked) -> tuple[str, list[Any]]:
    """What holds of the pieces that are found, with its values. The pluses keep SQLite to the index of moments, which
    is small: what the texts are in is never read."""
    where = "+article_id IN (SELECT rowid FROM articles_searchindex WHERE articles_searchindex MATCH %s)"
    values: list[Any] = [match(asked)]
    if asked.months:
        where += " AND published_at >= %s AND published_at < %s"
        values += [f"{moment:%Y-%m-%d %H:%M:%S}" for moment in asked.months]
    if asked.section:
        where += " AND +section_id = %s"
        values.append(asked.section)
    return f"articles_searchtext WHERE {where}", values


def match(asked: Asked) -> str:
    """The words in FTS5's own language. Each stands in quotation marks, so that none of them is an operator."""
    found = " AND ".join(map(_quoted, asked.wanted))
    return f"({found})" + "".join(f" NOT {_quoted(term)}" for term in asked.refused)


def _quoted(term: Term) -> str:
    words = f'"{term.words}"' + ("*" if term.is_beginning else "")
    return f"byline : {words}" if term.is_of_byline else words


def ids(cursor, asked: Asked, most: int) -> tuple[list[int], int]:
    """The first pieces that are found, at most so many, and how many there are altogether.

    The newest are ranked: a word that is in more pieces than that says little of any of them.
    """
    source, values = condition(asked)
    sql, more = f"SELECT article_id FROM {source} ORDER BY {NEWEST_FIRST} LIMIT %s", [*values, most]
    if not asked.is_by_date:
        sql = (
            "SELECT rowid FROM articles_searchindex WHERE articles_searchindex MATCH %s "
            f"AND +rowid IN ({sql}) ORDER BY {RANK}, rowid DESC"
        )
        more = [match(asked), *more]
    cursor.execute(sql, more)
    found = [row[0] for row in cursor.fetchall()]
    if len(found) < most:
        return found, len(found)
    cursor.execute(f"SELECT count(*) FROM {source}", values)
    return found, cursor.fetchone()[0]


def marked(cursor, asked: Asked, articles: list[int], marks: tuple[str, str]) -> dict[int, tuple[str, ...]]:
    """Headline, dek and a passage of the text of each, with marks around what was found."""
    places = ", ".join(["%s"] * len(articles))
    cursor.execute(
        "SELECT rowid, highlight(articles_searchindex, 0, %s, %s), highlight(articles_searchindex, 1, %s, %s), "
        f"snippet(articles_searchindex, {BODY}, %s, %s, '…', {SNIPPET_WORDS}) FROM articles_searchindex "
        f"WHERE articles_searchindex MATCH %s AND rowid IN ({places})",
        [*marks * 3, match(asked), *articles],
    )
    return {row[0]: row[1:] for row in cursor.fetchall()}
