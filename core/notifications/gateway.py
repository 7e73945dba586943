"""The one place that hands mails to a server."""

from dataclasses import dataclass, field

from django.core.mail import EmailMultiAlternatives


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail. `files` are (name, content, type).

    `message_id` stays the same when a mail is tried again, so that a mailbox shows one that came twice as one.
    """

    to: str
    subject: str
    text: str
    html: str
    files: list[tuple[str, bytes, str]] = field(default_factory=list)
    reply_to: str = ""
    message_id: str = ""


def send(mail: Mail) -> None:
    """Hand it to the mail server, or to the local outbox where none is set."""
    headers = {"Auto-Submitted": "auto-generated"} | ({"Message-ID": mail.message_id} if mail.message_id else {})
    answers = [mail.reply_to] if mail.reply_to else None
    message = EmailMultiAlternatives(mail.subject, mail.text, to=[mail.to], reply_to=answers, headers=headers)
    message.attach_alternative(mail.html, "text/html")
    for name, content, kind in mail.files:
        message.attach(name, content, kind)
    message.send()
