"""Ending sessions: what a session is, the portals know; that none counts any more is said here."""

import secrets

from core.accounts.models import User


def void_sessions(person: User) -> None:
    """Make every session of a person void at once, known to us or not."""
    person.sessions_salt = secrets.token_hex(12)
    person.save(update_fields=["sessions_salt"])
