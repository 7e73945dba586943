"""One-time codes: six digits, hashed at rest, good for five minutes, once (AC8)."""

import datetime as dt

from django.db import transaction
from django.db.models import F, Q
from django.utils.crypto import constant_time_compare, salted_hmac

from core.accounts.addresses import normalise_email
from core.accounts.models import Code
from core.accounts.refusals import CodeTooOften, WrongCode
from core.kernel.actor import Actor
from core.kernel.codes import digits
from core.kernel.locks import lock_name

LIFE = dt.timedelta(minutes=5)
PAUSE = dt.timedelta(minutes=1)
MOST_PER_HOUR = 5
MOST_ATTEMPTS = 5
HOUR = dt.timedelta(hours=1)
# What anybody can ask for, whoever's address it is, uses up nothing of what needs a login or the right password; and
# codes to a new address, which may be another's, use up nothing of what goes to people's own.
STRANGERS = (Code.Purpose.PROOF, Code.Purpose.REGISTER, Code.Purpose.RESET)
OWN = (Code.Purpose.LOGIN, Code.Purpose.CONFIRM)
GROUPS = (STRANGERS, OWN, (Code.Purpose.CHANGE,))
# A whole box office logs in from one client address.
MOST_FROM_KNOWN = 30


@transaction.atomic
def make_code(purpose: str, *, destination: str, actor: Actor, now: dt.datetime) -> tuple[Code, str]:
    """A fresh code for `destination`, bound to whose screen asked for it; (the row, the digits to be sent).

    Older codes of the same purpose and destination end. Raises CodeTooOften: one a minute and five an hour for a
    destination; for a client address the same of what strangers can ask for, however many sessions it opens, and
    thirty an hour of what needs a login or the right password.
    """
    destination = normalise_email(destination)
    for name in sorted({f"code:to:{destination}", f"code:from:{actor.network}"}):
        lock_name(name)
    check_limits(purpose, destination=destination, actor=actor, now=now)
    Code.objects.filter(purpose=purpose, destination=destination, used_at=None).update(expires_at=now)
    plain = digits()
    code = Code.objects.create(
        purpose=purpose,
        destination=destination,
        bound_to=actor.holder,
        address=actor.network,
        hash=_hash(plain, destination),
        sent_at=now,
        expires_at=now + LIFE,
    )
    return code, plain


def check_limits(purpose: str, *, destination: str, actor: Actor, now: dt.datetime) -> None:
    """Whether a code may be sent now. Raises CodeTooOften."""
    group = next(one for one in GROUPS if purpose in one)
    recent = Code.objects.filter(purpose__in=group, sent_at__gt=now - HOUR).order_by("sent_at")
    there = recent.filter(destination=normalise_email(destination))
    _check(list(there.values_list("sent_at", flat=True)), most=MOST_PER_HOUR, pause=PAUSE, now=now)
    from_here = list(recent.filter(~Q(address=""), address=actor.network).values_list("sent_at", flat=True))
    if group == STRANGERS:
        _check(from_here, most=MOST_PER_HOUR, pause=PAUSE, now=now)
    else:
        _check(from_here, most=MOST_FROM_KNOWN, pause=dt.timedelta(), now=now)


def use_code(purpose: str, *, destination: str, plain: str, actor: Actor, now: dt.datetime) -> Code:
    """Take a code that was typed. Raises WrongCode; every try counts, also of a request that is refused."""
    destination = normalise_email(destination)
    tries = Code.objects.filter(
        purpose=purpose,
        destination=destination,
        bound_to=actor.holder,
        used_at=None,
        expires_at__gt=now,
        attempts__lt=MOST_ATTEMPTS,
    )
    code = tries.order_by("-sent_at").first()
    # Counted before it is compared, in a step of its own: guesses at the same moment cannot share one try.
    # Durable: inside a caller's transaction the refusal would take the count back with it.
    with transaction.atomic(durable=True):
        counted = code is not None and tries.filter(pk=code.pk).update(attempts=F("attempts") + 1)
    if code is None or not counted:
        raise WrongCode
    if not constant_time_compare(code.hash, _hash(plain, destination)):
        raise WrongCode
    if not Code.objects.filter(pk=code.pk, used_at=None).update(used_at=now):
        raise WrongCode
    code.used_at = now
    return code


def forget_codes(*, before: dt.datetime) -> int:
    """Delete codes that were sent before that instant; how many."""
    count, _ = Code.objects.filter(sent_at__lt=before).delete()
    return count


def _check(sent: list[dt.datetime], *, most: int, pause: dt.timedelta, now: dt.datetime) -> None:
    if sent and now - sent[-1] < pause:
        raise CodeTooOften(retry_after=int((sent[-1] + pause - now).total_seconds()) + 1)
    if len(sent) >= most:
        raise CodeTooOften(retry_after=int((sent[-most] + HOUR - now).total_seconds()) + 1)


def _hash(plain: str, destination: str) -> str:
    # Keyed by SECRET_KEY: six digits would be guessed from a bare hash in a moment.
    return salted_hmac("foyer.code", f"{destination}\n{plain}", algorithm="sha256").hexdigest()
