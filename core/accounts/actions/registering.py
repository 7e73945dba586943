"""Becoming somebody with a login (AC1)."""

import datetime as dt
from dataclasses import dataclass, replace

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from core.accounts.addresses import normalise_email, normalise_mobile, placeholder
from core.accounts.models import User
from core.accounts.refusals import AddressTaken
from core.audit import actions as audit
from core.kernel.actor import Actor


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who somebody says they are, before they have proved it. The password is kept as a hash only."""

    name: str
    email: str
    mobile: str
    password_hash: str
    language: str

    @classmethod
    def of(cls, *, name: str, email: str, mobile: str, password: str, language: str) -> "Newcomer":
        """The answers as they are kept; hashed whether or not anybody has that address, since it takes time."""
        return cls(name, normalise_email(email), normalise_mobile(mobile), make_password(password), language)

    @property
    def destination(self) -> str:
        """What is proved by a code: the number if one was given, else the mail address."""
        return self.mobile or self.email


@transaction.atomic
def register(newcomer: Newcomer, *, actor: Actor, now: dt.datetime) -> User:
    """Make the login of somebody who has proved their number or address. Raises AddressTaken.

    An address beside a number is not proved: it is kept apart, belongs to nobody by that, and may be anybody's.
    """
    user = User(
        email=placeholder() if newcomer.mobile else newcomer.email,
        unproved_email=newcomer.email if newcomer.mobile else "",
        email_verified_at=None if newcomer.mobile else now,
        mobile=newcomer.mobile or None,
        mobile_verified_at=now if newcomer.mobile else None,
        name=newcomer.name,
        language=newcomer.language,
        password=newcomer.password_hash,
        joined_at=now,
    )
    try:
        with transaction.atomic():
            user.save(force_insert=True)
    except IntegrityError as error:
        raise AddressTaken from error
    themselves = replace(actor, holder=user.holder, user_id=user.pk, label=str(user))
    audit.record("account.registered", user, actor=themselves, now=now, by="mobile" if newcomer.mobile else "email")
    return user
