"""Whose a visitor's seats and bookings become when the visitor turns out to be somebody."""

import datetime as dt

from django.db import transaction

from core.accounts.models import User
from core.bookings import actions as bookings
from core.kernel.actor import Actor
from core.seating import actions as seating


def follow(*, visitor: str, actor: Actor, now: dt.datetime) -> int:
    """Hand what `visitor` holds, and the payments begun, to `actor`: the same person, now known; how many places.

    Two transactions, in this order: a payment that is being begun at this moment has its places locked, so the first
    waits for it, and the second finds its booking. Nothing can be begun for the visitor in between.
    """
    if not visitor or visitor == actor.holder:
        return 0
    places = seating.follow(visitor=visitor, holder=actor.holder, user_id=actor.user_id, now=now)
    bookings.follow(visitor=visitor, holder=actor.holder, user_id=actor.user_id)
    return places


@transaction.atomic
def claim(*, user: User, email: str, actor: Actor, now: dt.datetime) -> int:
    """Note that `user` has proved the address, and bring the bookings made with it as a guest (BO13); how many."""
    if user.email == email.strip().lower():
        user.email_verified_at = now
        user.save(update_fields=["email_verified_at"])
    return bookings.claim(user=user, email=email, actor=actor, now=now)
