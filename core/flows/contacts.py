"""Another mail address, another mobile number: a code is sent to the new one (AC5)."""

import datetime as dt

from django.db import transaction

from core.accounts import actions as accounts
from core.accounts.addresses import is_mobile, is_placeholder
from core.accounts.models import Code, User
from core.accounts.refusals import WrongPassword
from core.flows import codes, guests
from core.flows.logins import prove_password
from core.kernel.actor import Actor
from core.notifications import actions as notifications


def ask_change(person: User, wanted: str, password: str, *, actor: Actor, now: dt.datetime) -> None:
    """Send a code to the new address or number. Raises WrongPassword, LockedOut, CodeTooOften."""
    if prove_password(person.email, password, actor=actor, now=now) is None:
        raise WrongPassword
    send_again(person, wanted, actor=actor, now=now)


def send_again(person: User, wanted: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another code to the address or number that was asked for, or to the own one that is not proved yet."""
    own = wanted in {person.email, str(person.mobile or "")}
    send = codes.send_code if own else codes.ask_code
    send(Code.Purpose.CHANGE, destination=wanted, actor=actor, now=now)


def finish_change(person: User, wanted: str, code: str, *, actor: Actor, now: dt.datetime) -> None:
    """Take the code; the address or number is the person's, and the old one is told. Raises WrongCode, AddressTaken."""
    accounts.use_code(Code.Purpose.CHANGE, destination=wanted, plain=code, actor=actor, now=now)
    with transaction.atomic():
        if is_mobile(wanted):
            accounts.change_mobile(person, wanted, actor=actor, now=now)
            _tell(person, "mobile", to=person.email, now=now)
            return
        before = person.email
        accounts.change_email(person, wanted, actor=actor, now=now)
        guests.claim(user=person, email=wanted, actor=actor, now=now)
        if before != wanted and not is_placeholder(before):
            _tell(person, "email", to=before, now=now)


def remove_mobile(person: User, password: str, *, actor: Actor, now: dt.datetime) -> None:
    """Go without a number. Raises WrongPassword, LockedOut, NumberNeeded."""
    if prove_password(person.email, password, actor=actor, now=now) is None:
        raise WrongPassword
    with transaction.atomic():
        accounts.change_mobile(person, "", actor=actor, now=now)
        _tell(person, "mobile", to=person.email, now=now)


def _tell(person: User, what: str, *, to: str, now: dt.datetime) -> None:
    once = f"address:{person.pk}:{now.timestamp():.0f}"
    notifications.notify("address_changed", user=person, to=to, once_key=once, now=now, what=what, at=now.isoformat())
