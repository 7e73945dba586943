"""What a person says of themselves, and of those whom they buy for."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from core.accounts.actions.living import lock_living
from core.accounts.models import Dependent, User
from core.audit import actions as audit
from core.audit.changes import snapshot
from core.kernel.actor import Actor
from core.kernel.errors import Conflict, Refusal

PROFILE = (
    "name", "known_as", "username", "language", "time_zone", "home_city", "emergency_name", "emergency_mobile",
)  # fmt: skip
DEPENDENT = ("name", "relation", "born_on", "door_notes")
# Of this and of dependents the log says that it was changed, and not what it says: it is about other people.
EMERGENCY = ("emergency_name", "emergency_mobile")
MOST_DEPENDENTS = 20
# Somewhere it is tomorrow already.
FIRST_MIDNIGHT = dt.timedelta(hours=14)


class BornInFuture(Refusal):
    """Nobody is born yet on that day."""


class UserNameTaken(Conflict):
    """Somebody else logs in with it."""

    def __init__(self) -> None:
        super().__init__(_("Somebody else has this user name. Choose another one."))


class TooManyDependents(Conflict):
    """More than anybody has."""


@transaction.atomic
def change_profile(*, user: User, values: Mapping[str, Any], actor: Actor, now: dt.datetime) -> User:
    """Keep what the person says of themselves; `values` are fields of PROFILE. What is the same is not recorded.

    Raises UserNameTaken.
    """
    locked = lock_living(user)
    fields = [name for name in PROFILE if name in values]
    before = snapshot(locked, fields)
    for name in fields:
        setattr(locked, name, values[name])
    after = snapshot(locked, fields)
    if before != after:
        try:
            with transaction.atomic():
                locked.save(update_fields=fields)
        except IntegrityError as error:  # of two who want it at once the database lets one have it
            raise UserNameTaken from error
        audit.record(
            "account.profile_changed", locked, actor=actor, now=now, before=before, after=after, private=EMERGENCY
        )
    return locked


@transaction.atomic
def add_dependent(*, user: User, values: Mapping[str, Any], actor: Actor, now: dt.datetime) -> Dependent:
    """Somebody more whom this person buys for. Raises BornInFuture or TooManyDependents."""
    locked = lock_living(user)
    if locked.dependents.count() >= MOST_DEPENDENTS:
        raise TooManyDependents(_("You have entered twenty people already. Remove one that you do not need."))
    fresh = Dependent(user=locked, created_at=now)
    _fill(fresh, values, now=now)
    fresh.save(force_insert=True)
    audit.record("dependent.added", fresh, actor=actor, now=now, after=snapshot(fresh, DEPENDENT), private=DEPENDENT)
    return fresh


@transaction.atomic
def change_dependent(*, dependent: Dependent, values: Mapping[str, Any], actor: Actor, now: dt.datetime) -> Dependent:
    """What is said of a dependent is something else now. Raises BornInFuture."""
    locked = Dependent.objects.select_for_update().get(pk=dependent.pk)
    before = snapshot(locked, DEPENDENT)
    _fill(locked, values, now=now)
    after = snapshot(locked, DEPENDENT)
    if before != after:
        locked.save(update_fields=DEPENDENT)
        audit.record("dependent.changed", locked, actor=actor, now=now, before=before, after=after, private=DEPENDENT)
    return locked


@transaction.atomic
def remove_dependent(*, dependent: Dependent, actor: Actor, now: dt.datetime) -> None:
    """Forget a dependent; their tickets stay, with nobody's name on them."""
    gone = Dependent.objects.select_for_update().filter(pk=dependent.pk).first()
    if gone:
        audit.record(
            "dependent.removed", gone, actor=actor, now=now, before=snapshot(gone, DEPENDENT), private=DEPENDENT
        )
        gone.delete()


def _fill(dependent: Dependent, values: Mapping[str, Any], *, now: dt.datetime) -> None:
    for name in DEPENDENT:
        if name in values:
            setattr(dependent, name, values[name])
    if dependent.born_on and dependent.born_on > (now + FIRST_MIDNIGHT).date():
        raise BornInFuture(_("This day is still to come. Give the day of birth, or leave it out."))
