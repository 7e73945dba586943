"""Finding people by what they say of themselves."""

import datetime as dt

from core.accounts.addresses import normalise_email, normalise_mobile
from core.accounts.models import Code, User


def find_person(typed: str) -> User | None:
    """Who logs in with that: an email address, a mobile number as typed at home or abroad, or a user name.

    One query, whatever it is and whoever it is or is not. Nobody is found whose account is closed.
    """
    people = User.objects.filter(is_active=True)
    if "@" in typed:
        return people.filter(email=normalise_email(typed)).first()
    mobile = normalise_mobile(typed)
    if mobile:
        return people.filter(mobile=mobile).first()
    return people.filter(username=typed.strip().lower()).first()


def code_waits(purpose: str, *, to: str, holder: str, now: dt.datetime) -> bool:
    """Whether a code was sent there, for this person's screen, that is still good."""
    sent = Code.objects.filter(purpose=purpose, destination=normalise_email(to), bound_to=holder)
    return sent.filter(used_at=None, expires_at__gt=now).exists()
