"""Counts SQL statements: PostgreSQL logs every one while it is asked to, with the process that served it."""

import contextlib
import re
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import psycopg

from e2e.bench.house import House

LOGGED = re.compile(r"^\S+ \S+ \S+ \[(\d+)\] LOG:  (?:statement|execute [^:]*): (.*)", re.MULTILINE)
BRACKETS = re.compile(r"\s*(BEGIN|COMMIT|ROLLBACK|SET |$|;)", re.IGNORECASE)


@dataclass
class Counted:
    """Statements by the name that their connection has; what only begins and ends transactions is counted apart."""

    statements: Counter[str] = field(default_factory=Counter)
    brackets: Counter[str] = field(default_factory=Counter)
    texts: list[str] = field(default_factory=list)


@contextlib.contextmanager
def counting(house: House) -> Iterator[Counted]:
    """While it lasts every statement is logged; afterwards they are counted."""
    assert house.servers.postgres is not None
    counted, log = Counted(), house.servers.postgres.log
    with house.database() as database:
        _set(database, "ALTER SYSTEM SET log_statement = 'all'")
        start = log.stat().st_size
        try:
            yield counted
        finally:
            names = dict(database.execute("SELECT pid, application_name FROM pg_stat_activity").fetchall())
            _set(database, "ALTER SYSTEM RESET log_statement")
    with log.open("rb") as file:
        file.seek(start)
        text = file.read().decode(errors="replace")
    for pid, statement in LOGGED.findall(text):
        name = names.get(int(pid), "gone")
        if BRACKETS.match(statement):
            counted.brackets[name] += 1
        else:
            counted.statements[name] += 1
            if name == "pages":
                counted.texts.append(statement)


def _set(database: psycopg.Connection, order: str) -> None:
    database.execute(order)
    database.execute("SELECT pg_reload_conf()")
    time.sleep(0.4)  # every process of PostgreSQL reads it before its next statement
