"""Sending one-time codes: by mail or by text message, as the destination is one or the other."""

import datetime as dt

from django.db import transaction
from django.utils.translation import get_language

from core.accounts import actions as accounts
from core.accounts.models import Code
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.notifications.messages import seal_words


@transaction.atomic
def send_code(purpose: str, *, destination: str, actor: Actor, now: dt.datetime) -> Code:
    """Send a fresh code of `purpose` to a mail address or a mobile number (E.164), whoever that is.

    The language is that of the page. Raises CodeTooOften. The digits lie nowhere in plain text: hashed in the code's
    row, sealed in the message that waits to be sent; it is not sent any more once it is too old.
    """
    code, plain = accounts.make_code(purpose, destination=destination, actor=actor, now=now)
    notifications.notify(
        "code",
        about=f"code:{code.pk}",
        once_key=f"code:{code.pk}",
        to=code.destination,
        language=get_language() or "en",
        good_until=code.expires_at,
        now=now,
        sealed=seal_words(code=plain),
    )
    return code
