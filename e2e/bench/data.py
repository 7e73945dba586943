"""The halls that the bench sells: run in the measured Foyer's environment, it answers with what there is, as JSON.

    python -m e2e.bench.data '{"small": 2, "middle": 3, "large": 1}'

The numbers say how many showtimes of each hall are on sale.
"""

import json
import sys
from typing import Any

import django
from django.utils import timezone

django.setup()

from core.accounts.models import Organizer
from core.catalog.actions import import_seat_map
from core.catalog.models import Category, Event, PriceTier, Room, Seat, Showtime, TicketType, Venue
from core.kernel.actor import Actor
from core.seating.actions import open_places

KEEPER = Actor.system("bench")
DAY = timezone.timedelta(days=1)
# name: (zones, rows of each, seats of each row): 300, 5,000 and 20,000 seats, and for the curves 200 and 2,000
HALLS = {
    "small": (1, 15, 20),
    "middle": (10, 20, 25),
    "large": (20, 25, 40),
    "two-hundred": (1, 10, 20),
    "two-thousand": (4, 20, 25),
}


def document(name: str, zones: int, rows: int, seats: int) -> dict[str, Any]:
    """A hall of that many zones, four beside each other."""
    return {
        "format": "foyer-seat-map/1",
        "name": name,
        "focus": {"kind": "stage", "y": -4},
        "zones": [
            {
                "name": f"zone-{at + 1}",
                "label": f"Block {at + 1}",
                "x": (at % 4) * (seats + 4),
                "y": (at // 4) * (rows + 4) * 1.25,
                "defaults": {"counts": [seats]},
                "rows": [{"labels": f"1-{rows}"}],
            }
            for at in range(zones)
        ],
    }


def organizer() -> Organizer:
    """Sells to everybody: its caps on visitors without proof are out of the way, all of whom come from here."""
    return Organizer.objects.create(
        name="Bench Hall", slug="bench", anonymous_share=100, places_per_address=30_000, fee_fixed=50
    )


def showtime(event: Event, room: Room, seat_map: Any, at: int) -> Showtime:
    """One more showtime, adults 12.00, children 8.00."""
    starts_at = timezone.now().replace(minute=0, second=0, microsecond=0) + DAY * (3 + at)
    made = Showtime.objects.create(
        event=event, room=room, seat_map=seat_map, starts_at=starts_at, ends_at=starts_at + DAY / 12,
        status=Showtime.Status.ON_SALE, format="2D", language="English",
    )  # fmt: skip
    for kind, amount in ((TicketType.ADULT, 1200), (TicketType.CHILD, 800)):
        PriceTier.objects.create(showtime=made, ticket_type=kind, amount=amount)
    open_places(showtime=made, actor=KEEPER, now=timezone.now())
    return made


def build(counts: dict[str, int]) -> dict[str, Any]:
    """Make the halls and their showtimes; per hall: the ids of its showtimes, its seats and its seat map."""
    seller = organizer()
    venue = Venue.objects.create(
        organizer=seller, name="Bench Hall", slug="bench-hall", kind="cinema", street="Ring 1", city="Graz"
    )
    category = Category.objects.create(name="Film", slug="film")
    made = {}
    for name, count in counts.items():
        room = Room.objects.create(venue=venue, name=name.title(), slug=name)
        plan = document(name, *HALLS[name])
        seat_map = import_seat_map(room=room, document=plan, actor=KEEPER, now=timezone.now())
        event = Event.objects.create(
            organizer=seller, category=category, title=f"The {name} evening", slug=name, description="A film.",
            status=Event.Status.PUBLISHED,
        )  # fmt: skip
        made[name] = {
            "showtimes": [showtime(event, room, seat_map, at).pk for at in range(count)],
            "seats": list(Seat.objects.filter(seat_map=seat_map).order_by("id").values_list("id", flat=True)),
            "seat_map": seat_map.pk,
        }
    return made


if __name__ == "__main__":
    print(json.dumps(build(json.loads(sys.argv[1]))))
