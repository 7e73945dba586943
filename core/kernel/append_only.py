"""Tables that are only ever added to, guarded by the database and not by care."""

import contextlib
from collections.abc import Iterator

from django.db import connection, migrations, transaction

_FUNCTION = """
CREATE OR REPLACE FUNCTION foyer_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    old_row jsonb;
    new_row jsonb;
    erasable text;
BEGIN
    IF TG_OP = 'UPDATE' AND current_setting('foyer.erasing', true) = 'on' THEN
        old_row := to_jsonb(OLD);
        new_row := to_jsonb(NEW);
        -- A column that may be erased may go to null or to the empty text, and nowhere else.
        FOREACH erasable IN ARRAY coalesce(TG_ARGV, '{}') LOOP
            IF new_row -> erasable IN ('null'::jsonb, '""'::jsonb) THEN
                old_row := old_row - erasable;
                new_row := new_row - erasable;
            END IF;
        END LOOP;
        IF old_row = new_row THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'foyer: % is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""


def append_only(table: str, *, erasable: tuple[str, ...] = ()) -> migrations.RunSQL:
    """A migration operation: rows of `table` can be neither changed nor deleted.

    `erasable` columns may be blanked inside `erasing()`, for personal data that has to go. Truncation is left to the
    database's owner: tests and a restore need it.
    """
    arguments = ", ".join(f"'{column}'" for column in erasable)
    trigger = f"{table}_append_only"
    return migrations.RunSQL(
        sql=[
            _FUNCTION,
            f"CREATE TRIGGER {trigger} BEFORE UPDATE OR DELETE ON {table} "
            f"FOR EACH ROW EXECUTE FUNCTION foyer_append_only({arguments})",
        ],
        reverse_sql=[f"DROP TRIGGER {trigger} ON {table}"],
    )


def renew_guard() -> migrations.RunSQL:
    """A migration operation: the guard of all append-only tables as it stands here."""
    return migrations.RunSQL(sql=[_FUNCTION], reverse_sql=migrations.RunSQL.noop)


@contextlib.contextmanager
def erasing() -> Iterator[None]:
    """Inside, and only in this transaction, erasable columns may be blanked; nothing else becomes possible."""
    with transaction.atomic():
        _say_erasing("on")
        yield
        _say_erasing("off")


def _say_erasing(word: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('foyer.erasing', %s, true)", [word])
