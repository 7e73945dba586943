"""One-time codes: by mail or by text message, as the destination is one or the other (AC8)."""

import datetime as dt
import json

from django.db import transaction
from django.utils.translation import get_language

from core.accounts import actions as accounts
from core.accounts.addresses import is_mobile
from core.accounts.models import Code, User
from core.accounts.queries import find_proved, is_taken
from core.kernel import sealing
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.notifications.messages import seal_words
from core.outbox import actions as outbox

SEALED_PURPOSE = "flows.code"


@transaction.atomic
def send_code(purpose: str, *, destination: str, actor: Actor, now: dt.datetime) -> Code:
    """Send a fresh code of `purpose` to a mail address or a mobile number (E.164), whoever that is.

    The language is that of the page. Raises CodeTooOften. The digits lie nowhere in plain text: hashed in the code's
    row, sealed in the message that waits to be sent; it is not sent any more once it is too old.
    """
    code, plain = accounts.make_code(purpose, destination=destination, actor=actor, now=now)
    _say(code, "code", to=code.destination, language=get_language() or "en", now=now, plain=plain)
    return code


@transaction.atomic
def ask_code(purpose: str, *, destination: str, actor: Actor, now: dt.datetime) -> Code:
    """A code of `purpose` for `destination`, where what is sent depends on who has an account. Raises CodeTooOften.

    Who asks learns nothing, by the answer or by its time: nobody is looked up here. A worker does, and sends the code,
    or what there is to say instead.
    """
    code, plain = accounts.make_code(purpose, destination=destination, actor=actor, now=now)
    secret = json.dumps({"plain": plain}).encode()
    sealed = sealing.encrypt(secret, purpose=SEALED_PURPOSE)
    outbox.post("flows.answer_code", now=now, code=code.pk, sealed=sealed, language=get_language() or "en")
    return code


@transaction.atomic
def answer_code(code_id: int, *, sealed: str, language: str, now: dt.datetime) -> None:
    """Send what `ask_code` put off."""
    code = Code.objects.filter(pk=code_id, expires_at__gt=now).first()
    if code is None:
        return
    secret = json.loads(sealing.decrypt(sealed, purpose=SEALED_PURPOSE))
    kind, to = _reset(code) if code.purpose == Code.Purpose.RESET else _taken(code)
    if kind:
        _say(code, kind, to=to, language=language, now=now, plain=secret["plain"])


def _reset(code: Code) -> tuple[str, str]:
    """What somebody is told who has forgotten the password, and where."""
    person = find_proved(code.destination)
    if person is not None:
        return "code", _reached(person, code.destination)
    return ("no_account", code.destination) if "@" in code.destination else ("", "")


def _reached(person: User, named: str) -> str:
    return named if "@" in named or is_mobile(named) else person.login_name


def _taken(code: Code) -> tuple[str, str]:
    """What somebody is told who wants to have an address or number on a new account, or on theirs, and where."""
    return "account_exists" if is_taken(code.destination) else "code", code.destination


def _say(code: Code, kind: str, *, to: str, language: str, now: dt.datetime, plain: str) -> None:
    notifications.notify(
        kind,
        about=f"code:{code.pk}",
        once_key=f"code:{code.pk}",
        to=to,
        language=language,
        good_until=code.expires_at,
        now=now,
        sealed=seal_words(code=plain),  # only the words of "code" say it
    )
