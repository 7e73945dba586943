"""A person's password, mail address and mobile number, changed once it is proved that it is theirs (AC4, AC5)."""

import datetime as dt

from django.db import IntegrityError, transaction

from core.accounts.actions.tries import forgive_person
from core.accounts.addresses import is_mobile
from core.accounts.models import User
from core.accounts.refusals import AddressTaken
from core.audit import actions as audit
from core.kernel.actor import Actor


@transaction.atomic
def change_password(person: User, password: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another password; every session that was begun with the old one ends."""
    person.set_password(password)
    person.save(update_fields=["password"])
    audit.record("account.password_changed", person, actor=actor, now=now)


@transaction.atomic
def reset_password(person: User, password: str, *, proved: str, actor: Actor, now: dt.datetime) -> None:
    """Another password for somebody who has proved `proved`, their mail address or number, by a code.

    The address counts as proved from now on. If it never was before, a number on the account is taken off: somebody
    else may have registered with it, and named an address that was not theirs.
    """
    before = person.email_verified_at
    person.set_password(password)
    if not is_mobile(proved) and before is None:
        person.email_verified_at = now
        person.mobile = person.mobile_verified_at = None
    person.save(update_fields=["password", "email_verified_at", "mobile", "mobile_verified_at"])
    forgive_person(person)
    audit.record("account.password_reset", person, actor=actor, now=now, by="mobile" if is_mobile(proved) else "email")


@transaction.atomic
def change_email(person: User, email: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another address, which was proved by a code. Raises AddressTaken."""
    before = person.email
    person.email, person.email_verified_at = email, now
    _save(person, ["email", "email_verified_at"])
    after = {"email": person.email}
    audit.record("account.email_changed", person, actor=actor, now=now, before={"email": before}, after=after)


@transaction.atomic
def change_mobile(person: User, mobile: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another number, which was proved by a code; "" for none any more. Raises AddressTaken."""
    before = str(person.mobile or "")
    person.mobile, person.mobile_verified_at = (mobile, now) if mobile else (None, None)
    _save(person, ["mobile", "mobile_verified_at"])
    after = {"mobile": mobile}
    audit.record("account.mobile_changed", person, actor=actor, now=now, before={"mobile": before}, after=after)


def _save(person: User, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError as error:
        person.refresh_from_db(fields=fields)
        raise AddressTaken from error
