"""Forgetting a password and choosing another one (AC4, AC5)."""

import datetime as dt
from dataclasses import replace

from django.db import transaction

from core.accounts import actions as accounts
from core.accounts.addresses import destination_of
from core.accounts.models import Code, User
from core.accounts.queries import find_proved
from core.accounts.refusals import WrongCode, WrongPassword
from core.flows import codes, guests
from core.flows.logins import prove_password
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.notifications import live

# So long after the code was taken a new password may be chosen.
PROOF_LASTS = dt.timedelta(minutes=15)
LONGEST_NAME = 254


def ask_reset(typed: str, *, actor: Actor, now: dt.datetime) -> str:
    """Send a code to whom `typed` (address, number or user name) means, if anybody; what it is asked by afterwards.

    Raises CodeTooOften.
    """
    named = destination_of(typed) or typed.strip().lower()[:LONGEST_NAME]
    codes.ask_code(Code.Purpose.RESET, destination=named, actor=actor, now=now)
    return named


def prove_reset(named: str, code: str, *, actor: Actor, now: dt.datetime) -> int:
    """Take the code; the id of the proof with which a password may be chosen. Raises WrongCode."""
    return accounts.use_code(Code.Purpose.RESET, destination=named, plain=code, actor=actor, now=now).pk


def person_of_proof(proof: int, *, actor: Actor, now: dt.datetime) -> tuple[User, str]:
    """Who has proved what, at this screen, a moment ago. Raises WrongCode if that is over."""
    proofs = Code.objects.filter(purpose=Code.Purpose.RESET, bound_to=actor.holder, used_at__gt=now - PROOF_LASTS)
    found = proofs.filter(pk=proof).first()
    person = find_proved(found.destination) if found else None
    if found is None or person is None:
        raise WrongCode
    return person, found.destination


def finish_reset(proof: int, password: str, *, actor: Actor, now: dt.datetime) -> User:
    """The new password of who has proved who they are; all their sessions end. Raises WrongCode."""
    person, named = person_of_proof(proof, actor=actor, now=now)
    themselves = replace(actor, holder=person.holder, user_id=person.pk, label=str(person))
    with transaction.atomic():
        # Of two at the same moment one is refused: the proof is nobody's any more.
        if not Code.objects.filter(pk=proof, bound_to=actor.holder).update(bound_to=""):
            raise WrongCode
        accounts.reset_password(person, password, proved=named, actor=themselves, now=now)
        if person.email_verified_at == now:
            notifications.forget_wishes(user=person)
            guests.claim(user=person, email=person.email, actor=themselves, now=now)
        _tell(person, now=now)
    return person


def change_password(person: User, old: str, new: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another password for who knows the old one; their other sessions end. Raises WrongPassword, LockedOut."""
    if prove_password(person.email, old, actor=actor, now=now) is None:
        raise WrongPassword
    with transaction.atomic():
        accounts.change_password(person, new, actor=actor, now=now)
        _tell(person, now=now)


def _tell(person: User, *, now: dt.datetime) -> None:
    once = f"password:{person.pk}:{now.timestamp():.0f}"
    notifications.notify("password_changed", user=person, once_key=once, now=now, at=now.isoformat())
    live.end_sessions(person.pk)
