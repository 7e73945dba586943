"""Where mails go when no mail server is set: one file for each, in the folder OUTBOX_DIR."""

import secrets
import time
from collections.abc import Sequence
from pathlib import Path

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file of its own, complete from the moment that its name can be seen."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; how many."""
        folder = Path(settings.OUTBOX_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        for message in email_messages:
            name = f"{time.time_ns()}-{secrets.token_hex(4)}"
            unfinished = folder / f".{name}"
            unfinished.write_bytes(message.message().as_bytes(linesep="\r\n"))
            unfinished.rename(folder / f"{name}.eml")
        return len(email_messages)
