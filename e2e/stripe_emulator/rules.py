"""Small rules that several kinds of object share."""

import re
from typing import Any
from urllib.parse import urlsplit

from e2e.stripe_emulator.errors import ParamError

MOST_KEYS, LONGEST_KEY, LONGEST_VALUE = 50, 40, 500
LONGEST_URL = 5000
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s.]+$")


def check_metadata(metadata: Any, param: str = "metadata") -> None:
    """At most 50 keys of 40 characters, values of 500."""
    if not isinstance(metadata, dict):
        return
    if len(metadata) > MOST_KEYS:
        raise ParamError(f"You can specify at most {MOST_KEYS} keys in metadata.", param=param)
    for key, value in metadata.items():
        where = f"{param}[{key}]"
        if len(key) > LONGEST_KEY:
            raise ParamError(f"Metadata keys can have up to {LONGEST_KEY} characters: {key}", param=where)
        if len(value) > LONGEST_VALUE:
            raise ParamError(f"Metadata values can have up to {LONGEST_VALUE} characters.", param=where)


def merged_metadata(old: dict[str, str], wanted: Any) -> dict[str, str]:
    """Old and new keys; an empty value unsets its key, an empty string all of them."""
    if wanted == "":
        return {}
    check_metadata(wanted)
    merged = {**old, **wanted}
    return {key: value for key, value in merged.items() if value != ""}


def check_url(url: str, param: str) -> None:
    """An absolute address of the web."""
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ParamError("Not a valid URL", code="url_invalid", param=param)
    check_length(url, LONGEST_URL, param)


def check_email(email: str, param: str) -> None:
    """Something that could be an address."""
    if not EMAIL.match(email):
        raise ParamError(f"Invalid email address: {email}", code="email_invalid", param=param)


def check_length(text: str, longest: int, param: str) -> None:
    """Not longer than allowed."""
    if len(text) > longest:
        raise ParamError(
            f"Invalid string: {text[:20]}...; must be at most {longest} characters", code="parameter_invalid_string",
            param=param,
        )  # fmt: skip
