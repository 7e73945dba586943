"""The one place that hands mails to a server."""

from dataclasses import dataclass, field

from django.core.mail import EmailMultiAlternatives


@dataclass(frozen=True, slots=True)
class Mail:
    """A finished mail. `files` are (name, content, type)."""

    to: str
    subject: str
    text: str
    html: str
    files: list[tuple[str, bytes, str]] = field(default_factory=list)


def send(mail: Mail) -> None:
    """Hand it to the mail server, or to the local outbox where none is set."""
    message = EmailMultiAlternatives(subject=mail.subject, body=mail.text, to=[mail.to])
    message.attach_alternative(mail.html, "text/html")
    for name, content, kind in mail.files:
        message.attach(name, content, kind)
    message.send()
