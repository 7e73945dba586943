"""Becoming somebody with a login: first the number or the address is proved, then there is an account (AC1)."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from core.accounts import actions as accounts
from core.accounts.actions import Newcomer
from core.accounts.models import Code, User
from core.accounts.queries import is_taken
from core.flows import codes, guests
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.outbox import actions as outbox


def begin(newcomer: Newcomer, *, actor: Actor, now: dt.datetime) -> None:
    """Send a code to the number, or to the address if none was given; to who has an account, that. CodeTooOften.

    With a number the address plays no part in it: whoever has it, the telephone says nothing of that.
    """
    codes.ask_code(Code.Purpose.REGISTER, destination=newcomer.destination, actor=actor, now=now)


def finish(newcomer: Newcomer, code: str, *, actor: Actor, now: dt.datetime) -> User:
    """Take the code; the new person. An address that was proved brings its bookings. Raises WrongCode, AddressTaken."""
    accounts.use_code(Code.Purpose.REGISTER, destination=newcomer.destination, plain=code, actor=actor, now=now)
    with transaction.atomic():
        user = accounts.register(newcomer, actor=actor, now=now)
        if user.email_verified_at:
            themselves = replace(actor, holder=user.holder, user_id=user.pk, label=str(user))
            guests.claim(user=user, email=user.email, actor=themselves, now=now)
        else:
            outbox.post("flows.greet_address", now=now, person=user.pk)
    return user


def greet_address(person_id: int, *, now: dt.datetime) -> None:
    """Write to an address that was typed and not proved: to confirm it, or that it has an account already.

    Neither is told in the name of the new person, who would find in what was sent for them which of the two it was.
    """
    user = User.objects.filter(pk=person_id).exclude(unproved_email="").first()
    if user is not None:
        kind = "account_exists" if is_taken(user.unproved_email) else "address_waiting"
        about = f"account:{user.pk}"
        notifications.notify(kind, about=about, once_key=about, to=user.unproved_email, language=user.language, now=now)
