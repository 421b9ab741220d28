"""What the database itself refuses, on SQLite and on PostgreSQL, whoever asks: the ORM, the admin, a shell or raw SQL.

`install` is idempotent. A migration that changes one of these tables ends with it, because SQLite drops a table's
triggers when it rebuilds the table.
"""

import re
from typing import NamedTuple

from editorial import derived, public_changes


class Safeguard(NamedTuple):
    name: str
    when: str
    table: str
    refuses_if: str
    sentence: str


NEVER = (
    "articles_revision",
    "articles_publication",
    "articles_notice",
    "articles_repin",
    "articles_repinning",
    "editorial_override",
    "editorial_recusal",
    "editorial_brokenglass",
    "authors_agreementacceptance",
    "editorial_event",
    "editorial_review",
    "editorial_riskmark",
    "editorial_signoff",
    "editorial_tick",
)
FROZEN_ONCE_USED = {
    "articles_disclaimer": (
        "EXISTS (SELECT 1 FROM articles_publication WHERE disclaimer_id = OLD.id)"
        " OR EXISTS (SELECT 1 FROM editorial_review WHERE disclaimer_id = OLD.id)"
        " OR EXISTS (SELECT 1 FROM articles_repinning WHERE disclaimer_id = OLD.id)"
    ),
    "authors_agreement": "EXISTS (SELECT 1 FROM authors_agreementacceptance WHERE agreement_id = OLD.id)",
}
# SQLite alone: what INSERT OR REPLACE could take the place of. It deletes that row without a DELETE trigger.
REPLACEABLE = {
    "articles_article": ("id",),
    "articles_disclaimer": ("id", "version"),
    "articles_notice": ("id",),
    "articles_repin": ("id", "article_id act_id"),
    "articles_repinning": ("id",),
    "articles_publication": ("id", "article_id number"),
    "articles_revision": ("id", "article_id number"),
    "articles_searchtext": ("article_id",),
    "authors_agreement": ("id", "version"),
    "authors_agreementacceptance": ("id", "agreement_id author_id"),
    "editorial_event": ("id",),
    "editorial_override": ("id", "article_id author_id package_hash"),
    "editorial_proposal": ("id",),
    "editorial_recusal": ("id", "article_id user_id"),
    "editorial_brokenglass": ("id", "article_id user_id"),
    "editorial_review": ("id",),
    "editorial_riskmark": ("id",),
    "editorial_tick": ("id",),
    "editorial_signoff": ("id", "article_id author_id package_hash"),
}
AUTHORS_OF_REVISION = {
    "sqlite": "SELECT json_extract(value, '$.author') AS author FROM json_each(r.byline)",
    "postgresql": "SELECT (value->>'author')::bigint AS author FROM jsonb_array_elements(r.byline)",
}
KEYS = """NOT EXISTS (
    SELECT 1 FROM articles_revision r JOIN editorial_review v ON v.id = NEW.review_id
    WHERE r.id = NEW.revision_id AND r.article_id = NEW.article_id AND v.article_id = NEW.article_id
      AND v.decision = 'approve' AND v.package_hash = r.package_hash AND v.disclaimer_id = NEW.disclaimer_id
      AND v.editor_id NOT IN (SELECT user_id FROM authors_author WHERE user_id IS NOT NULL AND id IN ({authors}))
      AND v.editor_id NOT IN (
        SELECT signed_by_id FROM editorial_signoff
        WHERE article_id = NEW.article_id AND package_hash = r.package_hash)
      AND EXISTS ({authors})
      AND NOT EXISTS (
        SELECT 1 FROM ({authors}) AS printed WHERE NOT EXISTS (
          SELECT 1 FROM editorial_signoff s
          WHERE s.article_id = NEW.article_id AND s.author_id = printed.author AND s.package_hash = r.package_hash)
        AND NOT EXISTS (
          SELECT 1 FROM editorial_override o
          WHERE o.article_id = NEW.article_id AND o.author_id = printed.author AND o.package_hash = r.package_hash
            AND o.taken_by_id <> v.editor_id)))"""
# A mark is looked for as well, so that the rule waits for the migration that brings its table and the review's column.
ONE_PAIR_OF_EYES = """EXISTS (
    SELECT 1 FROM articles_revision r JOIN editorial_review v ON v.id = NEW.review_id
    WHERE r.id = NEW.revision_id
      AND (v.is_high_risk OR EXISTS (SELECT 1 FROM editorial_riskmark m WHERE m.article_id = NEW.article_id))
      AND NOT EXISTS (
        SELECT 1 FROM editorial_review w
        WHERE w.article_id = NEW.article_id AND w.decision = 'approve' AND w.package_hash = r.package_hash
          AND w.editor_id <> v.editor_id
          AND w.editor_id NOT IN (SELECT user_id FROM authors_author WHERE user_id IS NOT NULL AND id IN ({authors}))
          AND w.editor_id NOT IN (
            SELECT signed_by_id FROM editorial_signoff
            WHERE article_id = NEW.article_id AND package_hash = r.package_hash)))"""
TAKEN_BACK_ALONE = """NEW.standing <> OLD.standing
  AND (NEW.standing IN ('retracted', 'removed') OR OLD.standing IN ('retracted', 'removed'))
  AND NOT EXISTS (
    SELECT 1 FROM editorial_proposal p
    WHERE p.article_id = NEW.id AND p.confirmed_by_id <> p.proposed_by_id
      AND (p.step = 'retract' AND NEW.standing = 'retracted'
        OR p.step IN ('remove', 'merge') AND NEW.standing = 'removed'
        OR p.step = 'reinstate' AND NEW.standing = 'live' AND OLD.standing = 'retracted')
      AND p.id = (SELECT MAX(id) FROM editorial_proposal WHERE article_id = NEW.id))"""
OTHER_PROPOSAL = (
    "OLD.closed_at IS NOT NULL OR "
    + " OR ".join(
        f"NEW.{column} <> OLD.{column}"
        for column in "id article_id step notice says basis keeps_text proposed_by_id proposed_at".split()
    )
    + " OR COALESCE(NEW.into_id, 0) <> COALESCE(OLD.into_id, 0)"
)
NOT_BORN_A_DRAFT = "NEW.stage <> 'draft' OR NEW.standing <> 'unpublished'"
NOT_IN_TRAIL = """(NEW.stage <> OLD.stage OR NEW.standing <> OLD.standing
    OR COALESCE(NEW.live_id, 0) <> COALESCE(OLD.live_id, 0))
  AND NOT EXISTS (
    SELECT 1 FROM editorial_event e
    WHERE e.article_id = NEW.id AND e.to_stage = NEW.stage AND e.to_standing = NEW.standing
      AND e.seq = (SELECT MAX(seq) FROM editorial_event WHERE article_id = NEW.id))"""
FABRICATED_AND_LISTED = """NEW.status = 'fabricated' AND OLD.status <> 'fabricated' AND EXISTS (
    SELECT 1 FROM articles_byline b JOIN articles_article a ON a.id = b.article_id
    WHERE b.author_id = NEW.id AND a.standing = 'live')"""
OTHERS_REPIN = """NEW.repin_id IS NOT NULL AND NOT EXISTS (
    SELECT 1 FROM articles_repin r
    WHERE r.id = NEW.repin_id AND r.article_id = NEW.id AND r.publication_id = NEW.live_id)"""
NOT_READABLE = """NOT EXISTS (
    SELECT 1 FROM articles_article a JOIN articles_publication p ON p.id = a.live_id
    JOIN articles_revision r ON r.id = p.revision_id
    WHERE a.id = NEW.article_id AND a.standing = 'live' AND p.id = NEW.publication_id
      AND r.headline = NEW.headline AND r.dek = NEW.dek)"""
STILL_FOUND = """(NEW.standing <> 'live' OR COALESCE(NEW.live_id, 0) <> COALESCE(OLD.live_id, 0))
  AND EXISTS (SELECT 1 FROM articles_searchtext s WHERE s.article_id = NEW.id)"""
IS_RECUSED = """(EXISTS (SELECT 1 FROM editorial_recusal c WHERE c.article_id = NEW.article_id AND c.user_id = {person})
    OR EXISTS (
      SELECT 1 FROM articles_byline b JOIN authors_tie t ON t.author_id = b.author_id
      WHERE b.article_id = NEW.article_id AND t.user_id = {person})
    OR EXISTS (
      SELECT 1 FROM articles_byline b JOIN authors_author a ON a.id = b.author_id
      JOIN authors_employment theirs ON theirs.user_id = a.user_id
      JOIN authors_employment mine ON mine.key = theirs.key
      WHERE b.article_id = NEW.article_id AND mine.user_id = {person} AND theirs.user_id <> {person}))
  AND NOT EXISTS (
    SELECT 1 FROM editorial_brokenglass g WHERE g.article_id = NEW.article_id AND g.user_id = {person})"""
STEP_OF_RECUSED = f"""NEW.step NOT IN ('recuse', 'break_glass', 'refused', 'repin') AND NEW.role <> 'author'
  AND {IS_RECUSED.replace("{person}", "NEW.actor_id")}"""
NOT_NEWEST = """NEW.live_id IS NOT NULL AND NEW.live_id <> COALESCE((
    SELECT p.id FROM articles_publication p WHERE p.article_id = NEW.id ORDER BY p.number DESC LIMIT 1), 0)"""
BROKEN_CHAIN = """NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM editorial_event WHERE article_id = NEW.article_id), 0)
  OR NEW.previous_hash <> COALESCE((
    SELECT hash FROM editorial_event WHERE article_id = NEW.article_id ORDER BY seq DESC LIMIT 1), '')"""
HAD_BY_ANOTHER = """NEW.slug <> '' AND EXISTS (
    SELECT 1 FROM articles_oldslug o WHERE o.slug = NEW.slug AND o.article_id <> NEW.id)"""
HELD_BY_ANOTHER = "EXISTS (SELECT 1 FROM articles_article a WHERE a.slug = NEW.slug AND a.id <> NEW.article_id)"

LEFT_WITHOUT_TRACE = """NEW.slug <> OLD.slug AND NOT EXISTS (
    SELECT 1 FROM articles_old{place}slug o WHERE o.slug = OLD.slug AND o.{place}_id = OLD.id)"""
HAD_BY_OTHER_PLACE = """EXISTS (
    SELECT 1 FROM articles_old{place}slug o WHERE o.slug = NEW.slug AND o.{place}_id <> NEW.id)"""

OTHER_VERSION = "EXISTS (SELECT 1 FROM {table} t WHERE t.id <> OLD.id AND t.version = NEW.version)"
OTHER_ADDRESS = (
    "NEW.slug <> '' AND EXISTS (SELECT 1 FROM articles_article t WHERE t.id <> OLD.id AND t.slug = NEW.slug)"
)
OTHER_FILE = """(NEW.file <> OLD.file OR NEW.sha256 <> OLD.sha256 OR NEW.reference <> OLD.reference)
  AND EXISTS (SELECT 1 FROM articles_publication p WHERE p.article_id = OLD.article_id)"""

PLACE_RULES = (
    ("left", "UPDATE", LEFT_WITHOUT_TRACE, "The address that readers know leads on, for ever."),
    ("address_new", "INSERT", HAD_BY_OTHER_PLACE, "Another one once had this address."),
    ("address", "UPDATE", HAD_BY_OTHER_PLACE, "Another one once had this address."),
    ("never_delete", "DELETE", "TRUE", "Its page has an address, which answers for good."),
)
RULES = (
    ("unlisted", "UPDATE", "articles_article", STILL_FOUND,
     "A piece leaves the search before its public text changes."),
    ("keys", "INSERT", "articles_publication", KEYS,
     "A publication needs an approval and every author's sign-off on the same text."),
    ("eyes", "INSERT", "articles_publication", ONE_PAIR_OF_EYES,
     "Two editors approve the same text of a high-risk piece."),
    ("chain", "INSERT", "editorial_event", BROKEN_CHAIN, "An event follows the one before it."),
    ("fabricated", "UPDATE", "authors_author", FABRICATED_AND_LISTED,
     "An author is fabricated only once none of their pieces is listed."),
    ("recused", "INSERT", "editorial_event", STEP_OF_RECUSED,
     "Somebody who is recused from a piece takes no step on it."),
    ("recused", "INSERT", "editorial_review", IS_RECUSED.replace("{person}", "NEW.editor_id"),
     "Somebody who is recused from a piece decides nothing about it."),
    ("recused", "INSERT", "editorial_tick", IS_RECUSED.replace("{person}", "NEW.by_id"),
     "Somebody who is recused from a piece vouches for nothing about it."),
    ("birth", "INSERT", "articles_article", NOT_BORN_A_DRAFT, "A piece begins as an unpublished draft."),
    ("trail", "UPDATE", "articles_article", NOT_IN_TRAIL,
     "Only a step moves a piece; its trail does not hold this one."),
    ("repin", "UPDATE", "articles_article", OTHERS_REPIN,
     "A disclaimer is put under what is live of its own piece."),
    ("two", "UPDATE", "articles_article", TAKEN_BACK_ALONE,
     "Two people retract, reinstate or remove a piece; nobody alone."),
    ("readable", "INSERT", "articles_searchtext", NOT_READABLE, "Only what readers have can be found."),
    ("still_readable", "UPDATE", "articles_searchtext", NOT_READABLE, "Only what readers have can be found."),
    ("live", "UPDATE", "articles_article", NOT_NEWEST, "What is live of a piece is its own newest publication."),
    ("address_new", "INSERT", "articles_article", HAD_BY_ANOTHER, "Another piece once had this address."),
    ("address", "UPDATE", "articles_article", HAD_BY_ANOTHER, "Another piece once had this address."),
    ("taken", "UPDATE", "articles_article", f"NEW.id <> OLD.id OR ({OTHER_ADDRESS})", "Another piece has this place."),
    *(
        (name, when, f"articles_{place}", refuses_if.replace("{place}", place), sentence)
        for place in ("section", "tag")
        for name, when, refuses_if, sentence in PLACE_RULES
    ),
    *(
        ("taken", "UPDATE", table, f"NEW.id <> OLD.id OR {OTHER_VERSION.replace('{table}', table)}",
         f"Another row of {table} has this place.")
        for table in FROZEN_ONCE_USED
    ),
    ("read", "UPDATE", "editorial_proposal", OTHER_PROPOSAL,
     "What is proposed never changes: it is confirmed or taken back as it was read."),
    ("never_delete", "DELETE", "editorial_proposal", "TRUE", "editorial_proposal is append-only."),
    ("file", "UPDATE", "articles_picture", OTHER_FILE, "The file of a published piece's picture never changes."),
    ("address_new", "INSERT", "articles_oldslug", HELD_BY_ANOTHER, "Another piece has this address."),
    ("address", "UPDATE", "articles_oldslug", HELD_BY_ANOTHER, "Another piece has this address."),
)  # fmt: skip


def all_safeguards(vendor: str) -> list[Safeguard]:
    authors = AUTHORS_OF_REVISION[vendor]
    listed = [Safeguard(*rule)._replace(refuses_if=rule[3].replace("{authors}", authors)) for rule in RULES]
    for when in ("UPDATE", "DELETE"):
        name = when.lower()
        listed += [Safeguard(f"never_{name}", when, table, "TRUE", f"{table} is append-only.") for table in NEVER]
        listed += [
            Safeguard(f"used_{name}", when, table, used, f"{table} is frozen once used.")
            for table, used in FROZEN_ONCE_USED.items()
        ]
    if vendor == "sqlite":
        listed += [
            Safeguard("replaced", "INSERT", table, _is_there(table, keys), f"A row of {table} is never replaced.")
            for table, keys in REPLACEABLE.items()
        ]
    return listed


def _is_there(table: str, keys: tuple[str, ...]) -> str:
    """That a row with one of these keys exists already."""
    same = (" AND ".join(f"{column} = NEW.{column}" for column in key.split()) for key in keys)
    return f"EXISTS (SELECT 1 FROM {table} WHERE {' OR '.join(f'({one})' for one in same)})"  # noqa: S608 - names of ours


def _statements(guard: Safeguard, vendor: str) -> list[str]:
    name, quoted = f"{guard.table}_{guard.name}", guard.sentence.replace("'", "''")
    if vendor == "sqlite":
        create = (
            f"CREATE TRIGGER {name} BEFORE {guard.when} ON {guard.table} FOR EACH ROW WHEN {guard.refuses_if} "
            f"BEGIN SELECT RAISE(ABORT, '{quoted}'); END"
        )
        return [f"DROP TRIGGER IF EXISTS {name}", create]
    function = (
        f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger AS $guard$ BEGIN "
        f"IF {guard.refuses_if} THEN RAISE EXCEPTION '{quoted}' USING ERRCODE = '23000'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $guard$ LANGUAGE plpgsql"
    )
    create = f"CREATE TRIGGER {name} BEFORE {guard.when} ON {guard.table} FOR EACH ROW EXECUTE FUNCTION {name}()"
    return [function, f"DROP TRIGGER IF EXISTS {name} ON {guard.table}", create]


def install(connection) -> None:
    """Create every safeguard anew on this database, and the triggers beside them; what a later migration's table is
    needed for, that one creates."""
    tables = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for guard in all_safeguards(connection.vendor):
            for statement in _statements(guard, connection.vendor) if _tables_of(guard) <= tables else ():
                cursor.execute(statement)
    public_changes.install(connection)
    derived.install(connection)


def _tables_of(guard: Safeguard) -> set[str]:
    """The tables it stands on or looks into. SQLite rebuilds no table while a trigger names an absent one."""
    return {guard.table, *re.findall(r"(?:FROM|JOIN) ((?:articles|authors|editorial)_\w+)", guard.refuses_if)}


def remove(connection) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # no trigger is dropped while one of its table still waits
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        for guard in all_safeguards(connection.vendor):
            on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.table}_{guard.name}{on_table}")
    public_changes.remove(connection)
    derived.remove(connection)
