"""What the activity log says of logins (AC2)."""

import datetime as dt

from core.accounts.models import User
from core.audit import actions as audit
from core.kernel.actor import Actor


def note_login(person: User, *, door: str, actor: Actor, now: dt.datetime) -> None:
    """Somebody is in, by that door."""
    audit.record("account.logged_in", person, actor=actor, now=now, door=door)


def note_logout(person: User, *, actor: Actor, now: dt.datetime) -> None:
    """Somebody is out again."""
    audit.record("account.logged_out", person, actor=actor, now=now)
