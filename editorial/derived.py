"""What the database works out by itself, whoever writes: in which section readers find a piece.

Lists by section are ordered by a piece's moment, and one index serves them only where section and moment stand in one
row. The section that counts is that of the live revision, which is frozen; so this is a copy that is never wrong.
"""

COLUMN, NAME, TABLE = "live_section_id", "derived_live_section", "articles_article"
OF_LIVE = """(SELECT r.section_id FROM articles_publication p JOIN articles_revision r ON r.id = p.revision_id
    WHERE p.id = NEW.live_id)"""
SQLITE = f"""CREATE TRIGGER {NAME} AFTER UPDATE OF live_id, live_section_id ON articles_article FOR EACH ROW
    WHEN NEW.live_section_id IS NOT {OF_LIVE}
    BEGIN UPDATE articles_article SET live_section_id = {OF_LIVE} WHERE id = NEW.id; END"""  # noqa: S608 - names of ours
FUNCTION = f"""CREATE OR REPLACE FUNCTION {NAME}() RETURNS trigger AS $derived$
    BEGIN NEW.live_section_id := {OF_LIVE}; RETURN NEW; END $derived$ LANGUAGE plpgsql"""
POSTGRESQL = f"""CREATE TRIGGER {NAME} BEFORE UPDATE OF live_id, live_section_id ON articles_article FOR EACH ROW
    EXECUTE FUNCTION {NAME}()"""
CREATE = {"sqlite": (SQLITE,), "postgresql": (FUNCTION, POSTGRESQL)}


def install(connection) -> None:
    """Once a migration has made the column."""
    remove(connection)
    with connection.cursor() as cursor:
        there = {column.name for column in connection.introspection.get_table_description(cursor, TABLE)}
        for statement in CREATE[connection.vendor] if COLUMN in there else ():
            cursor.execute(statement)


def remove(connection) -> None:
    with connection.cursor() as cursor:
        on_table = f" ON {TABLE}" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER IF EXISTS {NAME}{on_table}")
