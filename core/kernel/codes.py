"""Random codes that people read, type or click."""

import secrets

# No 0 O, 1 I L, 5 S, 8 B, nor vowels: nothing to confuse, and no words.
READABLE = "2346789CDFGHJKMNPQRTVWXYZ"


def readable_code(length: int = 8) -> str:
    """A code to be read aloud or typed; 8 places carry 37 bits, so it identifies but does not authorise."""
    return "".join(secrets.choice(READABLE) for _ in range(length))


def access_key() -> str:
    """An unguessable key for a link (192 bits)."""
    return secrets.token_urlsafe(24)


def digits(length: int = 6) -> str:
    """A one-time code of decimal digits."""
    return "".join(secrets.choice("0123456789") for _ in range(length))
