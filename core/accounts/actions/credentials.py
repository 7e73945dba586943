"""A person's password, mail address and mobile number, changed once it is proved that it is theirs (AC4, AC5)."""

import datetime as dt

from django.db import IntegrityError, transaction

from core.accounts.actions.living import lock_living
from core.accounts.actions.pictures import drop_picture
from core.accounts.actions.sessions import drop_sessions, void_sessions
from core.accounts.actions.tries import forgive_person
from core.accounts.addresses import is_mobile, is_placeholder
from core.accounts.models import AuthenticatorApp, User
from core.accounts.refusals import AddressTaken, NumberNeeded
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

    The address counts as proved from now on. If it never was before, whatever the account has besides is taken off:
    somebody else may have opened it, with an address that was not theirs.
    """
    lock_living(person)
    person.refresh_from_db()
    by_mobile = is_mobile(proved) or is_placeholder(person.email)  # a user name is reached by what is proved
    person.set_password(password)
    if not by_mobile and person.email_verified_at is None:
        person.email_verified_at = now
        _start_afresh(person, now=now)
    person.save()
    forgive_person(person)
    audit.record("account.password_reset", person, actor=actor, now=now, by="mobile" if by_mobile else "email")


@transaction.atomic
def change_email(person: User, email: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another address, which was proved by a code. Raises AddressTaken."""
    before = "" if is_placeholder(person.email) else person.email
    person.email, person.email_verified_at, person.unproved_email = email, now, ""
    _save(person, ["email", "email_verified_at", "unproved_email"])
    after = {"email": person.email}
    audit.record("account.email_changed", person, actor=actor, now=now, before={"email": before}, after=after)


@transaction.atomic
def change_mobile(person: User, mobile: str, *, actor: Actor, now: dt.datetime) -> None:
    """Another number, which was proved by a code; "" for none any more. Raises AddressTaken, NumberNeeded."""
    if not mobile and is_placeholder(person.email):
        raise NumberNeeded
    before = str(person.mobile or "")
    person.mobile, person.mobile_verified_at = (mobile, now) if mobile else (None, None)
    _save(person, ["mobile", "mobile_verified_at"])
    after = {"mobile": mobile}
    audit.record("account.mobile_changed", person, actor=actor, now=now, before={"mobile": before}, after=after)


def _start_afresh(person: User, *, now: dt.datetime) -> None:
    """Take off what somebody else may have put there; the caller saves the row."""
    AuthenticatorApp.objects.filter(user=person).delete()
    person.dependents.all().delete()
    person.picture_errands.all().delete()
    drop_picture(person, now=now)
    drop_sessions(person)
    void_sessions(person)
    person.mobile = person.mobile_verified_at = person.username = None
    person.emergency_mobile = ""
    for name in ("name", "known_as", "unproved_email", "time_zone", "home_city", "emergency_name"):
        setattr(person, name, "")


def _save(person: User, fields: list[str]) -> None:
    try:
        with transaction.atomic():
            person.save(update_fields=fields)
    except IntegrityError as error:
        person.refresh_from_db(fields=fields)
        raise AddressTaken from error
