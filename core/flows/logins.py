"""Who somebody is, by a password (AC2)."""

import datetime as dt
from collections.abc import Collection

from django.contrib.auth.hashers import make_password
from django.db import transaction

from core.accounts import actions as accounts
from core.accounts.models import LoginTry, User
from core.accounts.queries import find_person
from core.audit import actions as audit
from core.kernel.actor import Actor
from core.notifications import actions as notifications
from core.outbox import actions as outbox


def prove_password(
    typed: str, password: str, *, actor: Actor, now: dt.datetime, known_to_browser: Collection[int] = ()
) -> User | None:
    """The person who logs in with `typed` (address, number or user name) and that password; None if they do not fit.

    It takes as long and writes as much whether or not there is such a person. Raises LockedOut after too many tries.
    `known_to_browser`: ids of those who have logged in with this browser before.
    """
    person = find_person(typed)
    known = person is not None and person.pk in known_to_browser
    tried = accounts.begin_try(typed, person=person, actor=actor, now=now, known_browser=known)
    if person is None:
        make_password(password)  # takes as long as looking at a password
    elif person.check_password(password):
        accounts.forgive(tried)
        return person
    _note_failure(person, tried, actor=actor, now=now)
    return None


@transaction.atomic
def _note_failure(person: User | None, tried: LoginTry, *, actor: Actor, now: dt.datetime) -> None:
    about = person or tried
    audit.record("account.login_failed", about, actor=actor, now=now)
    if accounts.was_last_try(tried, now=now):
        audit.record("account.locked_out", about, actor=actor, now=now)
        # Whether there is anybody to be told is found out where nobody waits for it.
        outbox.post("flows.tell_locked_out", now=now, person=person.pk if person else 0, since=now.isoformat())


def tell_locked_out(person_id: int, *, since: dt.datetime, now: dt.datetime) -> None:
    """Tell somebody that their password was guessed at until nobody could try any more, if there is such a person."""
    person = User.objects.filter(pk=person_id).first()
    if person is not None:
        once = f"locked_out:{person.pk}:{since.timestamp():.0f}"
        notifications.notify("locked_out", user=person, once_key=once, now=now, at=since.isoformat())
