"""A visitor shows that somebody is behind the seats they hold, by a code that is mailed."""

import datetime as dt
import hashlib

from core.accounts import actions as accounts
from core.accounts.addresses import normalise_email
from core.accounts.models import Code
from core.flows.codes import send_code
from core.kernel.actor import Actor


def send(email: str, *, actor: Actor, now: dt.datetime) -> None:
    """Mail a code to `email`, whoever that is. Raises CodeTooOften."""
    send_code(Code.Purpose.PROOF, destination=email, actor=actor, now=now)


def prove(email: str, code: str, *, actor: Actor, now: dt.datetime) -> str:
    """Take the code; the name under which this person holds seats from now on. Raises WrongCode."""
    accounts.use_code(Code.Purpose.PROOF, destination=email, plain=code, actor=actor, now=now)
    return holder_of(email)


def holder_of(email: str) -> str:
    """The holder of somebody who proved this address; a digest, since holders stand in many rows."""
    return f"mail:{hashlib.sha256(normalise_email(email).encode()).hexdigest()[:32]}"
