"""The folder in which lies what has no server to go to. Each message is a file, to be read on a page of its own."""

import email.policy
import secrets
import time
from email.message import EmailMessage
from email.utils import formatdate
from pathlib import Path

from django.conf import settings

CHANNEL_HEADER = "X-Foyer-Channel"


def keep(message: bytes) -> None:
    """Write a message to a file of its own, complete from the moment that its name can be seen."""
    folder = Path(settings.OUTBOX_DIR)
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns()}-{secrets.token_hex(4)}"
    unfinished = folder / f".{name}"
    unfinished.write_bytes(message)
    unfinished.rename(folder / f"{name}.eml")


def keep_text(*, to: str, text: str) -> None:
    """Keep a text message, in the same form as mails so that one page shows both."""
    message = EmailMessage(policy=email.policy.SMTP)
    message["To"] = to
    message["Date"] = formatdate()
    message[CHANNEL_HEADER] = "text"
    message.set_content(text)
    keep(message.as_bytes())
