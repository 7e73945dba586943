"""A hall of every kind of place, and what is true of it afterwards."""

import datetime as dt
from dataclasses import dataclass

from core.accounts.models import Organizer
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, PriceTier, Room, Showtime, TicketType, Venue
from core.kernel.actor import Actor
from core.seating import queries
from core.seating.actions import open_places
from core.seating.models import Hold, Place

NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
SECOND = dt.timedelta(seconds=1)
AMINA = Actor(holder="user:1001", user_id=None, address="192.0.2.10")
BRUNO = Actor(holder="user:1002", user_id=None, address="192.0.2.11")

# Rows A and B of six plain seats, C with a wheelchair space, its companion and two plain seats, D of two sofas.
DOCUMENT = {
    "format": "foyer-seat-map/1",
    "name": "Studio",
    "focus": {"kind": "screen", "y": -4},
    "zones": [
        {
            "name": "stalls",
            "label": "Stalls",
            "defaults": {"counts": [6]},
            "rows": [
                {"labels": "A-B"},
                {
                    "label": "C",
                    "counts": [4],
                    "step_free": True,
                    "seats": {"1": {"type": "wheelchair"}, "2": {"type": "companion"}},
                },
                {"label": "D", "counts": [4], "type": "sofa"},
            ],
        },
        {
            "name": "floor",
            "label": "Floor",
            "kind": "standing",
            "capacity": 6,
            "rect": {"x": -20, "y": 40, "width": 40, "height": 10},
        },
    ],
}


@dataclass(frozen=True)
class Hall:
    """A showtime with the ids of its seats by their labels, and its standing zone."""

    showtime: Showtime
    ids: dict[str, int]
    floor: int

    def seats(self, *labels: str) -> list[int]:
        return [self.ids[label] for label in labels]

    def fresh(self) -> Showtime:
        """The showtime as a request would read it."""
        return Showtime.objects.select_related("event__organizer", "room__venue", "seat_map").get(pk=self.showtime.pk)

    def set(self, **fields: object) -> None:
        """Change the organizer's terms."""
        Organizer.objects.filter(pk=self.showtime.event.organizer_id).update(**fields)
        for name, value in fields.items():
            setattr(self.showtime.event.organizer, name, value)


def build_hall(document: dict | None = None) -> Hall:
    """The hall, on sale; it begins in three days."""
    organizer = Organizer.objects.create(name="Lichtspiele", slug="lichtspiele", anonymous_share=100)
    venue = Venue.objects.create(
        organizer=organizer, name="Lichtspiele", slug="lichtspiele", kind="cinema", street="Weg 1", city="Graz"
    )
    room = Room.objects.create(venue=venue, name="Studio", slug="studio")
    seat_map = import_seat_map(room=room, document=document or DOCUMENT, actor=Actor.system("test"), now=NOW)
    event = Event.objects.create(
        organizer=organizer,
        category=Category.objects.create(name="Film", slug="film"),
        title="The Lantern Room",
        slug="the-lantern-room",
        description="A film.",
        status=Event.Status.PUBLISHED,
    )
    starts_at = NOW + dt.timedelta(days=3)
    showtime = Showtime.objects.create(
        event=event,
        room=room,
        seat_map=seat_map,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=2),
        status=Showtime.Status.ON_SALE,
    )
    PriceTier.objects.create(showtime=showtime, ticket_type=TicketType.ADULT, amount=1200)
    open_places(showtime=showtime, actor=Actor.system("test"), now=NOW)
    ids = {seat.label: seat.pk for seat in seat_map.seats.all()}
    standing = seat_map.zones.filter(kind="standing").first()
    return Hall(showtime, ids, standing.pk if standing else 0)


def places(hall: Hall) -> dict[str, tuple]:
    """Every place that somebody has: label -> (holder, until when, under payment, sold)."""
    rows = Place.objects.filter(showtime=hall.showtime).exclude(holder="", sold=False).select_related("seat", "zone")
    return {
        row.label + (str(row.number) if row.seat is None else ""): (
            row.holder,
            row.held_until,
            row.under_payment,
            row.sold,
        )
        for row in rows
    }


def holds(hall: Hall) -> list[tuple[str, str, dt.datetime | None]]:
    """Every hold there ever was: (seat, state, when it ended), oldest first."""
    rows = Hold.objects.filter(showtime=hall.showtime).select_related("place__seat", "place__zone").order_by("id")
    return [(row.place.label, row.status, row.ended_at) for row in rows]


def everything(hall: Hall) -> tuple:
    """All that an action could have changed; nothing in it may contradict itself."""
    assert list(queries.violations()) == []
    fields = ("id", "place_id", "holder", "status", "expires_at", "extensions", "ended_at")
    return places(hall), list(Hold.objects.order_by("id").values_list(*fields))
