"""What tests of entering do again and again."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import mail
from django.test import Client
from django.urls import reverse

PASSWORD, NEW = "opening-night", "velvet curtain"
LOGIN, SIGNUP, SIGNUP_CODE = (reverse(name) for name in ("account_login", "account_signup", "account_signup_code"))
RESET, RESET_CODE, NEW_PASSWORD = (
    reverse(name) for name in ("account_reset_password", "account_reset_code", "account_new_password")
)
NORA = {"name": "Nora New", "email": "nora@foyer.example", "new_password": "an evening out"}


def log_in(client: Client, login: str, password: str = PASSWORD, *, headers: Any = None, **more: Any) -> Any:
    """Say who, with the password."""
    return client.post(LOGIN, {"login": login, "password": password, **more}, headers=headers)


def is_in(client: Client) -> bool:
    """Whether somebody is logged in."""
    return "_auth_user_id" in client.session


def mailed_code() -> str:
    """The code in the newest mail."""
    return _digits(str(mail.outbox[-1].subject))


def texted_code() -> str:
    """The code in the newest text message."""
    newest = max(Path(settings.OUTBOX_DIR).glob("*.eml"), key=lambda file: file.stat().st_mtime_ns)
    return _digits(newest.read_text().partition("\n\n")[2])


def wrong(code: str) -> str:
    """Another code."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def errors(response: Any) -> dict[str, list[str]]:
    """What stands beside the fields."""
    return {field: list(said) for field, said in response.context["form"].errors.items()}


def _digits(text: str) -> str:
    found = re.search(r"\b\d{6}\b", text)
    assert found, text
    return found[0]
