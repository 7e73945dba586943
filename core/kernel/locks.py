"""Locks with a name, for rules that no single row can carry."""

import hashlib

from django.db import connection


def lock_name(name: str) -> None:
    """Wait for, and hold until the transaction ends, the lock called `name`.

    For caps per person ("at most 10 places"): two requests of one person wait for each other, two persons never do.
    Take it before any row lock, so that every transaction takes its locks in one order.
    """
    key = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
