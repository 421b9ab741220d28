"""What the database itself refuses, on SQLite and on PostgreSQL, whoever asks: the ORM, the admin, a shell or raw SQL.

`install` is idempotent. A migration that changes one of these tables ends with it, because SQLite drops a table's
triggers when it rebuilds the table.
"""

from typing import NamedTuple


class Safeguard(NamedTuple):
    name: str
    when: str
    table: str
    refuses_if: str
    sentence: str


NEVER = (
    "articles_revision",
    "articles_publication",
    "authors_agreementacceptance",
    "editorial_event",
    "editorial_review",
    "editorial_signoff",
)
FROZEN_ONCE_USED = {
    "articles_disclaimer": (
        "EXISTS (SELECT 1 FROM articles_publication WHERE disclaimer_id = OLD.id)"
        " OR EXISTS (SELECT 1 FROM editorial_review WHERE disclaimer_id = OLD.id)"
    ),
    "authors_agreement": "EXISTS (SELECT 1 FROM authors_agreementacceptance WHERE agreement_id = OLD.id)",
}
# SQLite alone: what INSERT OR REPLACE could take the place of. It deletes that row without a DELETE trigger.
REPLACEABLE = {
    "articles_article": ("id",),
    "articles_disclaimer": ("id", "version"),
    "articles_publication": ("id", "article_id number"),
    "articles_revision": ("id", "article_id number"),
    "authors_agreement": ("id", "version"),
    "authors_agreementacceptance": ("id", "agreement_id author_id"),
    "editorial_event": ("id",),
    "editorial_review": ("id",),
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
          WHERE s.article_id = NEW.article_id AND s.author_id = printed.author AND s.package_hash = r.package_hash)))"""
NOT_BORN_A_DRAFT = "NEW.stage <> 'draft' OR NEW.standing <> 'unpublished'"
NOT_IN_TRAIL = """(NEW.stage <> OLD.stage OR NEW.standing <> OLD.standing
    OR COALESCE(NEW.live_id, 0) <> COALESCE(OLD.live_id, 0))
  AND NOT EXISTS (
    SELECT 1 FROM editorial_event e
    WHERE e.article_id = NEW.id AND e.to_stage = NEW.stage AND e.to_standing = NEW.standing
      AND e.seq = (SELECT MAX(seq) FROM editorial_event WHERE article_id = NEW.id))"""
NOT_NEWEST = """NEW.live_id IS NOT NULL AND NEW.live_id <> COALESCE((
    SELECT p.id FROM articles_publication p WHERE p.article_id = NEW.id ORDER BY p.number DESC LIMIT 1), 0)"""
BROKEN_CHAIN = """NEW.seq <> 1 + COALESCE((SELECT MAX(seq) FROM editorial_event WHERE article_id = NEW.article_id), 0)
  OR NEW.previous_hash <> COALESCE((
    SELECT hash FROM editorial_event WHERE article_id = NEW.article_id ORDER BY seq DESC LIMIT 1), '')"""
HAD_BY_ANOTHER = """NEW.slug <> '' AND EXISTS (
    SELECT 1 FROM articles_oldslug o WHERE o.slug = NEW.slug AND o.article_id <> NEW.id)"""
HELD_BY_ANOTHER = "EXISTS (SELECT 1 FROM articles_article a WHERE a.slug = NEW.slug AND a.id <> NEW.article_id)"

OTHER_VERSION = "EXISTS (SELECT 1 FROM {table} t WHERE t.id <> OLD.id AND t.version = NEW.version)"
OTHER_ADDRESS = (
    "NEW.slug <> '' AND EXISTS (SELECT 1 FROM articles_article t WHERE t.id <> OLD.id AND t.slug = NEW.slug)"
)
OTHER_FILE = """(NEW.file <> OLD.file OR NEW.sha256 <> OLD.sha256 OR NEW.reference <> OLD.reference)
  AND EXISTS (SELECT 1 FROM articles_publication p WHERE p.article_id = OLD.article_id)"""

RULES = (
    ("keys", "INSERT", "articles_publication", KEYS,
     "A publication needs an approval and every author's sign-off on the same text."),
    ("chain", "INSERT", "editorial_event", BROKEN_CHAIN, "An event follows the one before it."),
    ("birth", "INSERT", "articles_article", NOT_BORN_A_DRAFT, "A piece begins as an unpublished draft."),
    ("trail", "UPDATE", "articles_article", NOT_IN_TRAIL,
     "Only a step moves a piece; its trail does not hold this one."),
    ("live", "UPDATE", "articles_article", NOT_NEWEST, "What is live of a piece is its own newest publication."),
    ("address_new", "INSERT", "articles_article", HAD_BY_ANOTHER, "Another piece once had this address."),
    ("address", "UPDATE", "articles_article", HAD_BY_ANOTHER, "Another piece once had this address."),
    ("taken", "UPDATE", "articles_article", f"NEW.id <> OLD.id OR ({OTHER_ADDRESS})", "Another piece has this place."),
    *(
        ("taken", "UPDATE", table, f"NEW.id <> OLD.id OR {OTHER_VERSION.replace('{table}', table)}",
         f"Another row of {table} has this place.")
        for table in FROZEN_ONCE_USED
    ),
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
    """Create every safeguard anew on this database."""
    with connection.cursor() as cursor:
        for guard in all_safeguards(connection.vendor):
            for statement in _statements(guard, connection.vendor):
                cursor.execute(statement)


def remove(connection) -> None:
    with connection.cursor() as cursor:
        for guard in all_safeguards(connection.vendor):
            on_table = f" ON {guard.table}" if connection.vendor == "postgresql" else ""
            cursor.execute(f"DROP TRIGGER IF EXISTS {guard.table}_{guard.name}{on_table}")
