"""Telling the open pages of one person that something of theirs has changed, and nothing of what."""

from typing import Any

from core.kernel import broadcast

NOTICES, SESSIONS = 1, 2


def topic(user_id: int) -> str:
    """The name under which the sockets of a person listen."""
    return f"person.{user_id}"


def tell(user_id: int) -> None:
    """After this transaction's commit: the list of this person has changed."""
    broadcast.announce(topic(user_id), {NOTICES}, _say)


def end_sessions(user_id: int) -> None:
    """After this transaction's commit: sessions of this person have ended; their sockets look for themselves."""
    broadcast.announce(topic(user_id), {SESSIONS}, _say)


def _say(keys: set[int]) -> dict[str, Any]:
    return {"type": "changed", "notices": NOTICES in keys, "sessions": SESSIONS in keys}
