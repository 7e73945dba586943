"""Becoming somebody with a login: first the number or the address is proved, then there is an account (AC1)."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from core.accounts import actions as accounts
from core.accounts.actions import Newcomer
from core.accounts.models import Code, User
from core.flows import codes, guests
from core.kernel.actor import Actor


def begin(newcomer: Newcomer, *, actor: Actor, now: dt.datetime) -> None:
    """Send a code to the number, or to the address if none was given; to who has an account, that. CodeTooOften."""
    codes.ask_code(Code.Purpose.REGISTER, destination=newcomer.destination, email=newcomer.email, actor=actor, now=now)


def finish(newcomer: Newcomer, code: str, *, actor: Actor, now: dt.datetime) -> User:
    """Take the code; the new person. An address that was proved brings its bookings. Raises WrongCode, AddressTaken."""
    accounts.use_code(Code.Purpose.REGISTER, destination=newcomer.destination, plain=code, actor=actor, now=now)
    with transaction.atomic():
        user = accounts.register(newcomer, actor=actor, now=now)
        if user.email_verified_at:
            themselves = replace(actor, holder=user.holder, user_id=user.pk, label=str(user))
            guests.claim(user=user, email=user.email, actor=themselves, now=now)
    return user
