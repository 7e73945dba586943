"""How often somebody may try to log in (AC2).

Counted in the database and not in the cache: a cache that is away would let everybody guess.
"""

import datetime as dt
import hashlib
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet

from core.accounts.models import LoginTry, User
from core.accounts.refusals import LockedOut
from core.kernel.actor import Actor
from core.kernel.locks import lock_name


@dataclass(frozen=True, slots=True)
class Limit:
    """So many tries within that time, of one person, from one network, or of one person from one network."""

    most: int
    within: dt.timedelta
    by_subject: bool
    by_network: bool

    def tries(self, subject: str, network: str, *, now: dt.datetime) -> QuerySet[LoginTry]:
        """Those that count."""
        found = LoginTry.objects.filter(at__gt=now - self.within)
        if self.by_subject:
            found = found.filter(subject=subject)
        return found.filter(network=network) if self.by_network else found


LIMITS = (
    Limit(5, dt.timedelta(minutes=5), by_subject=True, by_network=True),
    Limit(30, dt.timedelta(minutes=5), by_subject=False, by_network=True),
    # Guessed from everywhere at once. A password that was reset by code opens it again.
    Limit(100, dt.timedelta(days=1), by_subject=True, by_network=False),
)


@transaction.atomic(durable=True)
def begin_try(
    typed: str, *, person: User | None, actor: Actor, now: dt.datetime, known_browser: bool = False
) -> LoginTry:
    """Count a try before its password is looked at: guesses at the same moment cannot share one. Raises LockedOut.

    Guesses from everywhere do not lock the person out of a browser in which they have logged in before.
    """
    subject = _subject(typed, person)
    for name in sorted({f"login:of:{subject}", f"login:from:{actor.network}"}):
        lock_name(name)
    for limit in LIMITS:
        if known_browser and not limit.by_network:
            continue
        tries = limit.tries(subject, actor.network, now=now).order_by("-at", "-pk")
        last = list(tries.values_list("at", flat=True)[: limit.most])
        if len(last) == limit.most:
            raise LockedOut(retry_after=int((last[-1] + limit.within - now).total_seconds()) + 1)
    return LoginTry.objects.create(subject=subject, network=actor.network, at=now)


def was_last_try(tried: LoginTry, *, now: dt.datetime) -> bool:
    """Whether no further one is allowed after this one, for a while: true for exactly one of them."""
    return any(
        limit.tries(tried.subject, tried.network, now=now).filter(pk__lte=tried.pk).count() == limit.most
        for limit in LIMITS
    )


def forgive(tried: LoginTry) -> None:
    """The password was right: what this person tried from here counts no more. Others' tries from here do."""
    LoginTry.objects.filter(subject=tried.subject, network=tried.network).delete()


def forgive_person(person: User) -> None:
    """The person has proved otherwise who they are: nothing that was tried in their name counts any more."""
    LoginTry.objects.filter(subject=_subject("", person)).delete()


def forget_tries(*, before: dt.datetime) -> int:
    """Delete tries from before that instant; how many."""
    count, _ = LoginTry.objects.filter(at__lt=before).delete()
    return count


def _subject(typed: str, person: User | None) -> str:
    if person is not None:
        return f"user:{person.pk}"
    return f"typed:{hashlib.sha256(typed.strip().lower().encode()).hexdigest()[:40]}"
