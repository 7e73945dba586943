"""Finding people by what they say of themselves; proving that who was deleted is gone."""

import datetime as dt
from collections.abc import Iterator

from django.db.models import Q

from core.accounts.addresses import PSEUDONYM_HOST, is_mobile, normalise_email, normalise_mobile
from core.accounts.models import Code, User
from core.kernel.violations import Violation


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


def find_proved(named: str) -> User | None:
    """Who may choose a new password by a code to that: as `find_person`, but a number only if it was proved."""
    person = find_person(named)
    if person is not None and is_mobile(named) and person.mobile_verified_at is None:
        return None
    return person


def is_taken(destination: str) -> bool:
    """Whether a mail address or number (E.164) is on an account, open or closed."""
    return User.objects.filter(Q(mobile=destination) if is_mobile(destination) else Q(email=destination)).exists()


def code_waits(purpose: str, *, to: str, holder: str, now: dt.datetime) -> bool:
    """Whether a code was sent there, for this person's screen, that is still good."""
    sent = Code.objects.filter(purpose=purpose, destination=normalise_email(to), bound_to=holder)
    return sent.filter(used_at=None, expires_at__gt=now).exists()


def violations() -> Iterator[Violation]:
    """Deleted accounts of which something is left that is more than a pseudonym."""
    texts = ("name", "known_as", "unproved_email", "time_zone", "home_city", "picture", "emergency_name")
    blank = dict.fromkeys(texts, "")
    nobody = Q(is_active=False, is_staff=False, is_superuser=False, mobile=None, username=None, **blank)
    nobody &= Q(email__endswith=f"@{PSEUDONYM_HOST}")
    left = User.objects.filter(erased_at__isnull=False).exclude(nobody)
    for user_id in left.values_list("id", flat=True):
        yield Violation("a deleted account is a pseudonym", f"accounts.user {user_id}", "says who it was")
    for user_id in User.objects.filter(erased_at__isnull=False, dependents__isnull=False).values_list("id", flat=True):
        yield Violation("a deleted account is a pseudonym", f"accounts.user {user_id}", "has dependents")
