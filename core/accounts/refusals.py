"""Why a code is not sent or not taken."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.kernel.errors import Conflict, Refusal, TooOften

# Limits round a wait up by a second, which does not begin another hour.
HOUR_SECONDS = 60 * 60


class WrongCode(Refusal):
    """Wrong, used, too old, tried too often, or sent for something else: which of them is not said."""

    def __init__(self) -> None:
        super().__init__(_("This code is wrong or no longer good. Check it, or ask for a new one."))


class CodeTooOften(TooOften):
    """A code was sent a moment ago, or too many within the hour."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(_wait_for_code(retry_after), retry_after=retry_after)


def _wait_for_code(seconds: int) -> str:
    if seconds < 2 * 60:
        said = ngettext(
            "A code was sent a moment ago. You can ask for another one in %(seconds)s second.",
            "A code was sent a moment ago. You can ask for another one in %(seconds)s seconds.",
            seconds,
        )
        return said % {"seconds": seconds}
    if seconds > HOUR_SECONDS + 1:
        hours = -(-(seconds - 1) // HOUR_SECONDS)
        said = ngettext(
            "Too many codes were sent. You can ask for another one in %(hours)s hour.",
            "Too many codes were sent. You can ask for another one in %(hours)s hours.",
            hours,
        )
        return said % {"hours": hours}
    minutes = -(-seconds // 60)
    said = ngettext(
        "Too many codes were sent. You can ask for another one in %(minutes)s minute.",
        "Too many codes were sent. You can ask for another one in %(minutes)s minutes.",
        minutes,
    )
    return said % {"minutes": minutes}


class LockedOut(TooOften):
    """A wrong password too often: of one person, or from one address."""

    def __init__(self, *, retry_after: int) -> None:
        super().__init__(_wait_for_try(retry_after), retry_after=retry_after)


def _wait_for_try(seconds: int) -> str:
    if seconds > HOUR_SECONDS + 1:
        hours = -(-(seconds - 1) // HOUR_SECONDS)
        said = ngettext(
            "Too many tries. You can try again in %(hours)s hour, or choose a new password.",
            "Too many tries. You can try again in %(hours)s hours, or choose a new password.",
            hours,
        )
        return said % {"hours": hours}
    minutes = -(-seconds // 60)
    said = ngettext(
        "Too many tries. You can try again in %(minutes)s minute, or choose a new password.",
        "Too many tries. You can try again in %(minutes)s minutes, or choose a new password.",
        minutes,
    )
    return said % {"minutes": minutes}


class AddressTaken(Conflict):
    """Somebody else has this address or number by now. Said only to who has proved that it is theirs."""

    def __init__(self) -> None:
        super().__init__(_("There is an account with this address or number already. Log in to it instead."))


class WrongPassword(Refusal):
    """Not the password of the person who is logged in."""

    def __init__(self) -> None:
        super().__init__(_("This is not your password. Type it once more."))


class NumberNeeded(Conflict):
    """Without it nobody could log in to the account any more."""

    def __init__(self) -> None:
        super().__init__(_("Confirm your email address first: without it you need the number to log in."))
