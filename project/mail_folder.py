"""Where mails go when no mail server is set: one file for each, in the local outbox."""

from collections.abc import Sequence

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from core.notifications import local_outbox


class FolderBackend(BaseEmailBackend):
    """Writes each mail to a file of its own."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Write the mails; how many."""
        for message in email_messages:
            local_outbox.keep(message.message().as_bytes(linesep="\r\n"))
        return len(email_messages)
