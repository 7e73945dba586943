"""The one place that hands mails to a server."""

from dataclasses import dataclass, field
from smtplib import SMTPRecipientsRefused

from django.core.mail import EmailMultiAlternatives

from core.notifications.outcomes import Refused


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail. `files` are (name, content, type).

    `message_id` stays the same when a mail is tried again, so that a mailbox shows one that came twice as one. `stop`
    is the address at which mailboxes stop mails of this kind by one click; "" for mails that always go.
    """

    to: str
    subject: str
    text: str
    html: str
    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    reply_to: str = ""
    message_id: str = ""
    stop: str = ""


def send(mail: Mail) -> None:
    """Hand it to the mail server, or to the local outbox where none is set; Refused where there is no mailbox."""
    headers = {"Auto-Submitted": "auto-generated"}
    if mail.message_id:
        headers["Message-ID"] = mail.message_id
    if mail.stop:
        headers |= {"List-Unsubscribe": f"<{mail.stop}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}
    answers = [mail.reply_to] if mail.reply_to else None
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], reply_to=answers, headers=headers)
    message.attach_alternative(mail.html, "text/html")
    for name, content, kind in mail.files:
        message.attach(name, content, kind)
    try:
        message.send()
    except SMTPRecipientsRefused as error:
        said = [f"{code} {words!r}" for code, words in error.recipients.values()]
        if all(code >= 500 for code, _words in error.recipients.values()):
            raise Refused(f"the mail server refuses the address: {', '.join(said)}"[:500]) from error
        raise
