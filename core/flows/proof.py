"""A visitor shows that somebody is behind the seats they hold, by a code that is mailed."""

import datetime as dt
import hashlib

from django.db import transaction
from django.utils.translation import get_language

from core.accounts import actions as accounts
from core.accounts.addresses import normalise_email
from core.accounts.models import Code
from core.kernel import sealing
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.notifications.messages import CODE_PURPOSE, PROOF_CODE


@transaction.atomic
def send(email: str, *, actor: Actor, now: dt.datetime) -> None:
    """Mail a code to `email`, whoever that is. Raises CodeTooOften.

    The digits lie nowhere in plain text: hashed in the code's row, sealed in the mail that waits to be sent.
    """
    code, plain = accounts.make_code(Code.Purpose.PROOF, destination=email, actor=actor, now=now)
    notifications.announce(
        PROOF_CODE,
        about=f"code:{code.pk}",
        once_key=f"{PROOF_CODE}:{code.pk}",
        to=code.destination,
        language=get_language() or "en",
        now=now,
        sealed=sealing.encrypt(plain.encode(), purpose=CODE_PURPOSE),
    )


def prove(email: str, code: str, *, actor: Actor, now: dt.datetime) -> str:
    """Take the code; the name under which this person holds seats from now on. Raises WrongCode."""
    accounts.use_code(Code.Purpose.PROOF, destination=email, plain=code, actor=actor, now=now)
    return holder_of(email)


def holder_of(email: str) -> str:
    """The holder of somebody who proved this address; a digest, since holders stand in many rows."""
    return f"mail:{hashlib.sha256(normalise_email(email).encode()).hexdigest()[:32]}"
