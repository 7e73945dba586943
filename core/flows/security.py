"""Changing how logins are proved: done, logged, and told to the person, who might not have done it."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from core.accounts import actions as accounts
from core.accounts.actions import second_factor
from core.accounts.models import User
from core.audit import actions as audit
from core.flows.logins import prove_password
from core.kernel.actor import Actor
from core.kernel.errors import Refusal
from core.notifications import actions as notifications
from core.notifications import live


class NotProved(Refusal):
    """Neither the password nor a code."""

    def __init__(self) -> None:
        super().__init__(_("This is neither your password nor a code of your app. Type it once more."))


# Wrong codes in a row after which the person is told: whoever types them has the password.
TOLD_AFTER = 5


def prove_by_app(person: User, typed: str, *, actor: Actor, now: dt.datetime) -> str:
    """Take a code of the app, or a recovery code; which it was. Raises what `second_factor.verify` raises."""
    try:
        how = second_factor.verify(person, typed, actor=actor, now=now)
    except second_factor.WrongSecondStep as wrong:
        if wrong.failures == TOLD_AFTER:
            with transaction.atomic():
                _notify(person, "second_step_guessed", "guessed", now=now)
        raise
    if how == second_factor.RECOVERY:
        with transaction.atomic():
            _tell(person, "recovery_used", now=now)
    return how


def prove_again(person: User, typed: str, *, actor: Actor, now: dt.datetime) -> None:
    """Take the password, a code of the app, or a recovery code. Raises NotProved, or a TooOften after many tries."""
    if _is_code(person, typed):
        try:
            prove_by_app(person, typed, actor=actor, now=now)
        except second_factor.WrongSecondStep as error:
            raise NotProved from error
    elif prove_password(person.email, typed, actor=actor, now=now) is None:
        raise NotProved


@transaction.atomic
def set_up_app(person: User, *, sealed: str, typed: str, actor: Actor, now: dt.datetime) -> list[str]:
    """Take the app that was offered; the recovery codes. Raises WrongSecondStep."""
    codes = second_factor.set_up(person, sealed=sealed, typed=typed, actor=actor, now=now)
    _tell(person, "totp_on", now=now)
    return codes


@transaction.atomic
def new_recovery_codes(person: User, *, actor: Actor, now: dt.datetime) -> list[str]:
    """Ten new ones instead of those there were."""
    codes = second_factor.new_recovery_codes(person, actor=actor, now=now)
    _tell(person, "recovery_codes", now=now)
    return codes


@transaction.atomic
def switch_app_off(person: User, *, actor: Actor, now: dt.datetime) -> None:
    """Go without the app. Raises AppNeeded."""
    second_factor.switch_off(person, actor=actor, now=now)
    _tell(person, "totp_off", now=now)


@transaction.atomic
def take_app_off(person: User, *, actor: Actor, now: dt.datetime) -> None:
    """By an administrator, for somebody who has lost phone and recovery codes; every session of theirs ends."""
    second_factor.take_off(person, actor=actor, now=now)
    end_all_sessions(person)
    _tell(person, "totp_off", now=now)


@transaction.atomic
def end_all_sessions(person: User) -> None:
    """Log a person out everywhere, at once; their open pages notice."""
    accounts.void_sessions(person)
    live.end_sessions(person.pk)


@transaction.atomic
def note_session_ended(person: User, *, actor: Actor, now: dt.datetime) -> None:
    """Somebody has ended one or all other sessions of theirs: the open pages of those notice."""
    audit.record("account.session_ended", person, actor=actor, now=now)
    live.end_sessions(person.pk)


def _is_code(person: User, typed: str) -> bool:
    """Whether it is to be taken for a code: six digits are, a recovery code only where it is theirs.

    A password can look like one.
    """
    bare = typed.replace(" ", "").replace("-", "")
    if second_factor.app_of(person) is None or not bare.isascii():
        return False
    return (len(bare) == 6 and bare.isdecimal()) or second_factor.is_recovery_code(person, typed)


def _tell(person: User, what: str, *, now: dt.datetime) -> None:
    _notify(person, "second_step_changed", what, now=now)


def _notify(person: User, kind: str, what: str, *, now: dt.datetime) -> None:
    once = f"second_step:{person.pk}:{what}:{now.timestamp():.0f}"
    notifications.notify(kind, user=person, once_key=once, now=now, what=what, at=now.isoformat())
