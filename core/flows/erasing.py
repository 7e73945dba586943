"""Deleting an account: the person goes, the books stay (AC7).

What has tickets for a show to come keeps the name and the address they were bought with until the show is over: the
links in the mails still open them, and a show that is called off can be told. Then they go too.
"""

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from core.accounts import actions as accounts
from core.accounts.actions.living import lock_living
from core.accounts.addresses import PSEUDONYM_HOST
from core.accounts.models import Membership, Role, User
from core.audit import actions as audit
from core.audit.models import Record
from core.bookings import actions as bookings
from core.bookings.models import Booking
from core.kernel.actor import Actor
from core.kernel.errors import Conflict
from core.notifications import actions as notifications
from core.notifications import live
from core.notifications.models import Delivery
from core.payments import actions as payments
from core.seating import actions as seating
from core.seating.queries import my_holds
from core.tickets.models import Ticket
from core.tickets.queries import WITH_EVENING

LAST_WORD = "account_deleted"


class NotErasable(Conflict):
    """Something has to be settled first; the words say what."""


@dataclass(frozen=True, slots=True)
class Farewell:
    """What somebody should know before they delete their account."""

    obstacles: list[str]
    tickets: list[Ticket]
    houses: list[str]

    @property
    def possible(self) -> bool:
        """Whether nothing stands in the way."""
        return not self.obstacles


def farewell(user: User, *, now: dt.datetime) -> Farewell:
    """What stands in the way, the tickets that are still to be used, and the teams that are left."""
    memberships = Membership.objects.filter(user=user).select_related("organizer", "merchant")
    return Farewell(
        obstacles=[*_running_payments(user), *_last_of(memberships), *_last_administrator(user)],
        tickets=list(tickets_to_come(user, now=now)),
        houses=[str(membership.house) for membership in memberships],
    )


def tickets_to_come(user: User, *, now: dt.datetime) -> QuerySet[Ticket]:
    """A person's valid tickets for shows that are not over."""
    mine = Ticket.objects.valid().of(user).filter(showtime__ends_at__gt=now)
    return mine.select_related(*WITH_EVENING).order_by("showtime__starts_at", "id")


def erase(*, user: User, actor: Actor, now: dt.datetime) -> User:
    """Delete an account for good; what is left is a pseudonym. Raises NotErasable with what stands in the way.

    All in one transaction, and the last mails with it. Two last owners of one house cannot both go: they wait for each
    other.
    """
    with transaction.atomic():
        locked = lock_living(user)
        _lock_owners(locked)
        obstacles = farewell(locked, now=now).obstacles
        if obstacles:
            raise NotErasable(" ".join(obstacles))
        _let_go(locked, now=now)
        notifications.forget_person(user=locked)
        needed = list({ticket.booking_id: ticket.booking for ticket in tickets_to_come(locked, now=now)}.values())
        _say_goodbye(locked, needed, now=now)
        _forget_name(locked)
        hers = list(locked.dependents.all())
        pseudonym = accounts.erase(locked, now=now)
        over = Booking.objects.filter(user=pseudonym).exclude(pk__in=[booking.pk for booking in needed])
        _forget_contacts(pseudonym, over)
        audit.erase_person(user_id=pseudonym.pk, about=hers, actor=actor, now=now)
        live.end_sessions(pseudonym.pk)
    return pseudonym


def forget_contacts(*, now: dt.datetime, limit: int = 1_000) -> int:
    """Take the contact out of bookings of deleted accounts whose show is over by now; out of how many."""
    kept = Booking.objects.filter(user__erased_at__isnull=False).exclude(email__endswith=f"@{PSEUDONYM_HOST}")
    over = kept.exclude(status__in=Booking.LIVING, showtime__ends_at__gt=now)
    count = 0
    for user in User.objects.filter(bookings__in=over).distinct().order_by("id")[:limit]:
        with transaction.atomic():
            count += _forget_contacts(user, over.filter(user=user))
    told = Delivery.objects.filter(kind=LAST_WORD).exclude(status=Delivery.Status.WAITING)
    told.update(to="", words={})
    return count


def _forget_contacts(user: User, going: QuerySet[Booking]) -> int:
    ids = dict(going.values_list("pk", "payment_id"))
    notifications.forget_told(about=[f"booking:{pk}" for pk in ids])
    payments.forget_customer([payment for payment in ids.values() if payment])
    return bookings.forget_contacts(bookings=list(ids), pseudonym=user.email)


def _forget_name(user: User) -> None:
    """In the histories of bookings: their own, and those that they worked on."""
    done = Record.objects.filter(actor_user_id=user.pk)
    own_labels = {user.name, user.email, user.unproved_email, str(user)}
    labels = own_labels.union(done.values_list("actor_label", flat=True).distinct())
    worked_on = done.filter(object_type="bookings.booking").values_list("object_id", flat=True).distinct()
    own = Booking.objects.filter(user=user).values_list("pk", flat=True)
    bookings.forget_names(bookings={*own, *(int(pk) for pk in worked_on)}, labels=labels - {""})


def _say_goodbye(user: User, needed: Collection[Booking], *, now: dt.datetime) -> None:
    """The last mail; and once more the tickets that are still to be used, since the account shows them no longer."""
    notifications.notify(LAST_WORD, to=user.email, language=user.language, once_key=f"erased:{user.pk}", now=now)
    for booking in needed:
        notifications.notify(
            "tickets_again",
            about=f"booking:{booking.pk}",
            once_key=f"tickets_again:{booking.code}:{now.timestamp():.0f}",
            to=booking.email,
            language=booking.language,
            now=now,
        )


def _let_go(user: User, *, now: dt.datetime) -> None:
    actor = Actor(holder=user.holder, user_id=user.pk)
    for showtime in {hold.showtime_id: hold.showtime for hold in my_holds(user.holder, now=now)}.values():
        seating.release(showtime=showtime, actor=actor, now=now)
    seating.forget_addresses(holder=user.holder)


def _lock_owners(user: User) -> None:
    mine = Membership.objects.filter(user=user)
    houses = Q(organizer__in=mine.values("organizer")) | Q(merchant__in=mine.values("merchant"))
    list(Membership.objects.select_for_update().filter(houses, role=Role.OWNER).order_by("pk"))


def _running_payments(user: User) -> list[str]:
    running = Booking.objects.filter(user=user, status=Booking.Status.AWAITING_PAYMENT)
    words = _("The payment of booking %(code)s is under way. Finish it, or give it up, and try again.")
    return [words % {"code": code} for code in running.order_by("id").values_list("code", flat=True)]


def _last_of(memberships: QuerySet[Membership]) -> list[str]:
    words = _("You are the last owner of %(house)s. Make somebody else an owner first.")
    alone = []
    for mine in memberships.filter(role=Role.OWNER):
        house = {"organizer": mine.organizer} if mine.organizer else {"merchant": mine.merchant}
        if not Membership.objects.filter(role=Role.OWNER, user__is_active=True, **house).exclude(pk=mine.pk).exists():
            alone.append(words % {"house": mine.house})
    return alone


def _last_administrator(user: User) -> list[str]:
    if not user.is_superuser:
        return []
    others = User.objects.filter(is_superuser=True, is_active=True).exclude(pk=user.pk)
    words = _("You are the last administrator of this house. Make somebody else one first.")
    return [] if others.exists() else [words]
