"""Signed tokens: what a person was shown comes back unchanged, or not at all."""

from typing import Any

from django.core import signing


def seal(payload: dict[str, Any], *, purpose: str) -> str:
    """Sign `payload` (plain JSON values) for `purpose`; a token of one purpose is worthless for another."""
    return signing.dumps(payload, salt=f"foyer.{purpose}", compress=True)


def unseal(token: str, *, purpose: str, max_age: int) -> dict[str, Any] | None:
    """The payload of a token that is ours, for this purpose and at most `max_age` seconds old; None otherwise."""
    try:
        payload: dict[str, Any] = signing.loads(token, salt=f"foyer.{purpose}", max_age=max_age)
    except signing.BadSignature:
        return None
    return payload
