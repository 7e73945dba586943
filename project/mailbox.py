"""The local outbox: mails and text messages that lie in a folder because no server is set for them, to be read here."""

import email
import email.policy
import functools
import html
import re
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

from csp.constants import SELF
from csp.decorators import csp_replace
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from core.notifications.local_outbox import CHANNEL_HEADER

SHOWN = 200
# A mail may carry any HTML: it is shown in a frame that runs nothing and belongs to no origin.
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'; "
MAIL_POLICY += "sandbox allow-popups allow-popups-to-escape-sandbox"

View = Callable[..., HttpResponse]


def developers(view: View) -> View:
    """Anybody where OUTBOX_OPEN says so, administrators else; for everybody else there is no such page."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        if not settings.OUTBOX_OPEN and not (request.user.is_authenticated and request.user.is_staff):
            raise Http404
        return view(request, *args, **kwargs)

    guarded.entry = "developers"  # type: ignore[attr-defined]
    return guarded


@developers
@require_safe
def outbox(request: HttpRequest) -> HttpResponse:
    """The newest of them."""
    files = sorted(Path(settings.OUTBOX_DIR).glob("*.eml"), reverse=True)[:SHOWN]
    kept = [(file.stem, _read(file)) for file in files]
    return render(request, "outbox/mails/list.html", {"mails": [(key, one, _said_by_text(one)) for key, one in kept]})


@developers
@require_safe
@csp_replace({"frame-src": [SELF]})
def mail(request: HttpRequest, key: str) -> HttpResponse:
    """One mail with its headers, its text, its HTML in a frame, and what is attached."""
    message = _mail_or_404(key)
    text, rich = message.get_body(["plain"]), message.get_body(["html"])
    attached = [(number, part.get_filename()) for number, part in enumerate(message.walk()) if part.get_filename()]
    context = {"key": key, "mail": message, "text": text.get_content() if text else "", "has_html": rich is not None}
    context |= {"attached": attached, "text_message": _said_by_text(message)}
    return render(request, "outbox/mails/page.html", context)


@developers
@require_safe
@xframe_options_sameorigin
def mail_html(request: HttpRequest, key: str) -> HttpResponse:
    """The HTML of a mail, for the frame; links open outside of it, pictures inside the mail are found."""
    message = _mail_or_404(key)
    rich = message.get_body(["html"])
    if rich is None:
        raise Http404
    by_id = {part.get("Content-ID", "").strip("<>"): number for number, part in enumerate(message.walk())}

    def source(found: re.Match[str]) -> str:
        number = by_id.get(html.unescape(found[1]))
        return reverse("mail_part", args=[key, number]) if number is not None else found[0]

    body = re.sub(r"cid:([^\"'\s)>]+)", source, rich.get_content())
    return HttpResponse(f'<base target="_blank">{body}', headers={"Content-Security-Policy": MAIL_POLICY})


@developers
@require_safe
def mail_part(request: HttpRequest, key: str, number: int) -> HttpResponse:
    """One part of a mail, as a file; pictures may be shown in place."""
    parts = dict(enumerate(_mail_or_404(key).walk()))
    if number not in parts or parts[number].is_multipart():
        raise Http404
    part = parts[number]
    kind = part.get_content_type()
    is_picture = kind in {"image/png", "image/jpeg", "image/gif"}
    disposition = content_disposition_header(not is_picture, part.get_filename() or f"part-{number}")
    content = part.get_payload(decode=True) or b""
    return HttpResponse(content, content_type=kind, headers={"Content-Disposition": disposition})


def _mail_or_404(key: str) -> EmailMessage:
    file = Path(settings.OUTBOX_DIR) / f"{key}.eml"
    if not re.fullmatch(r"[0-9]+-[0-9a-f]+", key) or not file.is_file():
        raise Http404
    return _read(file)


def _said_by_text(message: EmailMessage) -> str:
    """What a text message says; "" for a mail."""
    body = message.get_body(["plain"])
    return body.get_content().strip() if body and message.get(CHANNEL_HEADER) == "text" else ""


def _read(file: Path) -> EmailMessage:
    return email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
