"""Seeding the demo, as often as one likes: what is there stays, what is missing is added.

Showtimes are found again by room and time. A house that should be fuller by now than when it was seeded gets more
visitors; nothing that anybody bought, and nothing in the books, is ever taken away.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Count, Q

from core.accounts.models import Membership, Merchant, MerchantLocation, Organizer, User
from core.audit.actions import record
from core.bookings.models import PromoCode
from core.catalog.actions import ShowtimePlan, import_seat_map, open_sale, publish_event, schedule_showtime
from core.catalog.models import CastMember, Category, Event, FilmDetails, Room, Showtime, Venue
from core.catalog.queries import price_lists
from core.catalog.refusals import RoomTaken
from core.flows.demo import content, crowd, regulars, tariffs
from core.flows.demo.demand import share_sold
from core.flows.demo.programme import POOLS, WEEK, Slot, programme
from core.kernel.actor import Actor
from core.kernel.locks import lock_name
from core.seating.actions import open_places
from core.seating.models import Place

CITY = "Graz"
ZONE = ZoneInfo("Europe/Vienna")
GIFT = "AMINAS-GIFT"
ENOUGH = dt.timedelta(days=5)
_FIRST_SALE = dt.timedelta(days=20)


@dataclass(frozen=True, slots=True)
class Seeded:
    """What a run has added."""

    showtimes: int
    tickets: int


@transaction.atomic
def seed(*, actor: Actor, now: dt.datetime) -> Seeded:
    """Bring the demo up to `now`, in one transaction. Running it again at once adds nothing."""
    lock_name("demo.seed")
    organizers = _organizers()
    rooms = _rooms(organizers, actor, now)
    events = _events(organizers, actor, now)
    people = _people(organizers, now)
    local = now.astimezone(ZONE).replace(tzinfo=None)
    slots = {key: slot for slot in programme(local.date()) if (key := _key(rooms[slot.room], slot))}
    added = sum(_schedule(rooms[slot.room], events[slot.story], slot, actor, now) for slot in slots.values())
    gift = _promo_codes(organizers)
    amina = people["amina@foyer.example"]
    regulars.add_family(amina, now)
    tickets = crowd.write(regulars.purchases_of(amina, gift, now))
    tickets += crowd.write(list(_visitors(slots, local, now)))
    return Seeded(added, tickets)


def runs_out(*, now: dt.datetime) -> bool:
    """Is this the demo and nothing else, with showtimes for a few more days only?"""
    ours = [written["slug"] for written in content.houses()["organizer"]]
    organizers = set(Organizer.objects.values_list("slug", flat=True))
    if not organizers or not organizers <= set(ours):
        return False
    cinemas = {room.partition("/")[0] for room in WEEK}
    return not Showtime.objects.filter(room__venue__slug__in=cinemas, starts_at__gt=now + ENOUGH).exists()


Key = tuple[int, dt.datetime]


def _key(room: Room, slot: Slot) -> Key:
    return room.pk, _instant(slot.starts)


def _instant(local: dt.datetime) -> dt.datetime:
    return local.replace(tzinfo=ZONE).astimezone(dt.UTC)


def _organizers() -> dict[str, Organizer]:
    return {
        written["slug"]: Organizer.objects.get_or_create(
            slug=written["slug"], defaults={"time_zone": ZONE.key, **written}
        )[0]
        for written in content.houses()["organizer"]
    }


def _rooms(organizers: dict[str, Organizer], actor: Actor, now: dt.datetime) -> dict[str, Room]:
    rooms = {}
    for written in content.houses()["venue"]:
        fields = {key: value for key, value in written.items() if key not in ("room", "organizer", "slug")}
        fields |= {"about": written["about"].strip(), "organizer": organizers[written["organizer"]]}
        fields |= {"city": CITY, "country": "AT", "time_zone": ZONE.key}
        venue, _created = Venue.objects.get_or_create(slug=written["slug"], defaults=fields)
        for hall in written["room"]:
            room, _created = Room.objects.get_or_create(venue=venue, slug=hall["slug"], defaults={"name": hall["name"]})
            if not room.seat_maps.exists():
                import_seat_map(room=room, document=content.plan_of(hall["plan"]), actor=actor, now=now)
            rooms[f"{venue.slug}/{room.slug}"] = room
    return rooms


def _events(organizers: dict[str, Organizer], actor: Actor, now: dt.datetime) -> dict[str, Event]:
    categories = {
        written["slug"]: Category.objects.get_or_create(
            slug=written["slug"], defaults={"name": written["name"], "rank": rank}
        )[0]
        for rank, written in enumerate(content.houses()["category"])
    }
    events = {}
    for slug, story in content.stories().items():
        fields = {"organizer": organizers[story.house], "category": categories[story.category], **story.fields}
        event, created = Event.objects.get_or_create(slug=slug, defaults=fields)
        if created:
            if story.film:
                FilmDetails.objects.create(event=event, **story.film)
            CastMember.objects.bulk_create(
                CastMember(event=event, rank=rank, **member) for rank, member in enumerate(story.cast)
            )
            event = publish_event(event=event, actor=actor, now=now)
        events[slug] = event
    return events


def _people(organizers: dict[str, Organizer], now: dt.datetime) -> dict[str, User]:
    people, merchants = {}, _merchants()
    for person in content.people():
        user = User.objects.filter(email=person.email).first()
        if user is None:
            may = {"is_staff": person.administrator, "is_superuser": person.administrator}
            mobile = {"mobile": person.mobile, "mobile_verified_at": now} if person.mobile else {}
            user = User.objects.create_user(
                person.email, content.PASSWORD, name=person.name, email_verified_at=now, joined_at=now, **may, **mobile
            )
        house: dict[str, Organizer | Merchant] = {}
        if person.organizer:
            house = {"organizer": organizers[person.organizer]}
        elif person.merchant:
            house = {"merchant": merchants[person.merchant]}
        if house:
            Membership.objects.get_or_create(user=user, **house, defaults={"role": person.role, "joined_at": now})
        people[person.email] = user
    return people


def _merchants() -> dict[str, Merchant]:
    merchants = {}
    for written in content.houses()["merchant"]:
        fields = {"name": written["name"], "email": written["email"], "time_zone": ZONE.key}
        shop, _created = Merchant.objects.get_or_create(slug=written["slug"], defaults=fields)
        for location in written["location"]:
            MerchantLocation.objects.get_or_create(
                merchant=shop, name=location["name"], defaults={"street": location["street"], "city": CITY}
            )
        merchants[shop.slug] = shop
    return merchants


def _promo_codes(organizers: dict[str, Organizer]) -> PromoCode:
    """A code that anybody may use at each organizer; the one that was given to Amina is returned."""
    for organizer in organizers.values():
        for written in content.houses()["promo"]:
            PromoCode.objects.get_or_create(
                organizer=organizer, word=written["word"], defaults={"percent": written["percent"]}
            )
    gift, _created = PromoCode.objects.get_or_create(
        organizer=organizers["kronlicht"], word=GIFT, defaults={"percent": 100, "most_uses": 1}
    )
    return gift


def _schedule(room: Room, event: Event, slot: Slot, actor: Actor, now: dt.datetime) -> bool:
    """Make the showtime of a slot; False where it exists, or somebody has put another one into the room."""
    if room.showtimes.filter(starts_at=_instant(slot.starts)).exists():
        return False
    plan = ShowtimePlan(
        starts_at=_instant(slot.starts),
        ends_at=_instant(slot.ends),
        doors_at=_instant(slot.doors) if slot.doors else None,
        sale_opens_at=_instant(slot.sale_opens) if slot.sale_opens else None,
        prices=tariffs.prices(slot.tariff),
        format=slot.format,
        language=slot.language,
        subtitles=slot.subtitles,
    )
    try:
        showtime = schedule_showtime(event=event, room=room, plan=plan, actor=actor, now=now)
    except RoomTaken:
        return False
    open_places(showtime=showtime, actor=actor, now=now)
    if slot.cancelled:
        Showtime.objects.filter(pk=showtime.pk).update(status=Showtime.Status.CANCELLED)
        record("showtime.cancelled", showtime, actor=actor, now=now, organizer_id=event.organizer_id)
    else:
        open_sale(showtime=showtime, actor=actor, now=now)
    return True


def _visitors(slots: dict[Key, Slot], local: dt.datetime, now: dt.datetime) -> Iterable[crowd.Purchase]:
    """The purchases that bring every house to where it should be by now."""
    showtimes = [
        showtime
        for showtime in Showtime.objects.filter(
            room_id__in={room for room, _start in slots}, starts_at__in={start for _room, start in slots}
        ).select_related("event__organizer", "seat_map")
        if (showtime.room_id, showtime.starts_at) in slots
    ]
    places = Place.objects.filter(showtime__in=showtimes).values("showtime_id")
    counted = {
        row["showtime_id"]: row for row in places.annotate(all=Count("id"), sold=Count("id", filter=Q(sold=True)))
    }
    prices = price_lists(showtime.pk for showtime in showtimes)
    for showtime in showtimes:
        slot = slots[showtime.room_id, showtime.starts_at]
        count = counted[showtime.pk]
        wanted = round(share_sold(slot, local) * count["all"]) - count["sold"]
        yield from crowd.visitors(
            showtime,
            prices[showtime.pk],
            wanted,
            family=slot.story in POOLS["family"] or slot.tariff == "family",
            first_sale=min(now, showtime.starts_at) - _FIRST_SALE,
            now=now,
        )
