"""What Amina has been to, and what she is going to."""

import datetime as dt

from django.db.models import QuerySet

from core.accounts.models import Dependent, User
from core.bookings.models import Booking, PromoCode
from core.catalog.models import Showtime, TicketType
from core.flows.demo.crowd import TO_PAY, Purchase, free_spots, reckoned
from core.flows.demo.demand import dice
from core.flows.demo.seats import together

# The event, and for how many.
_BEEN_TO = (("last-tram-to-andritz", 2), ("paper-tigers", 3))
_FREE = ("from-the-new-world", 2)
_GIFT = ("the-salt-road", 2)
_PAID = ("meridian", 2)
_ADULT = TicketType.ADULT.value
_LATEST = dt.timedelta(hours=20)
_AGE_OF_NORA = dt.timedelta(days=7 * 365)


def add_family(amina: User, now: dt.datetime) -> None:
    """The child whom she buys for."""
    if not amina.dependents.exists():
        said = {"name": "Nora", "relation": Dependent.Relation.CHILD, "born_on": now.date() - _AGE_OF_NORA}
        Dependent.objects.create(user=amina, door_notes="Likes to sit at the aisle.", created_at=now, **said)


def purchases_of(amina: User, gift: PromoCode, now: dt.datetime) -> list[Purchase]:
    """Her bookings, two past and three to come, as far as she does not have them.

    Two of those to come cost her nothing (an open rehearsal, a gift code); one she has paid, as late as possible, so
    that there is a refund to try. When that one is over or was given back she gets another.
    """
    planned = []
    for story, size in _BEEN_TO:
        been = _showtimes(story).filter(ends_at__lt=now).order_by("-starts_at").first()
        if been and not amina.bookings.filter(showtime__event__slug=story).exists():
            planned.append(_purchase(amina, been, size, been.starts_at - dt.timedelta(days=1, hours=2), now))
    story, size = _FREE
    rehearsal = _showtimes(story).filter(starts_at__gt=now, price_tiers__amount=0).order_by("starts_at").first()
    if rehearsal and not amina.bookings.filter(showtime=rehearsal).exists():
        planned.append(_purchase(amina, rehearsal, size, now - dt.timedelta(hours=30), now))
    story, size = _GIFT
    film = _showtimes(story).filter(starts_at__gt=now + _LATEST).order_by("starts_at").first()
    if film and not gift.used:
        planned.append(_purchase(amina, film, size, now - dt.timedelta(hours=5), now, gift))
        gift.used = 1
        gift.save(update_fields=["used"])
    story, size = _PAID
    film = _showtimes(story).filter(starts_at__gt=now + _LATEST).order_by("-starts_at").first()
    paid = amina.bookings.filter(status__in=Booking.LIVING, showtime__starts_at__gt=now, total__gt=0)
    if film and not paid.exists():
        planned.append(_purchase(amina, film, size, now - dt.timedelta(hours=26), now))
    return [purchase for purchase in planned if purchase.group]


def _showtimes(story: str) -> QuerySet[Showtime]:
    return Showtime.objects.filter(event__slug=story, status=Showtime.Status.ON_SALE).select_related(
        "event__organizer", "seat_map"
    )


def _purchase(
    amina: User, showtime: Showtime, size: int, at: dt.datetime, now: dt.datetime, gift: PromoCode | None = None
) -> Purchase:
    group = together(free_spots(showtime, now), size, dice("regular", showtime.event.slug))
    quote = reckoned(showtime, group, [_ADULT] * len(group), showtime.prices, gift)
    return Purchase(showtime, group, quote, min(at, now - TO_PAY), amina, gift)
