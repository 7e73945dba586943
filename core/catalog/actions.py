"""Writing the catalogue: seat maps, showtimes, what the public may see."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from django.db import transaction
from django.db.models import Max

from core.audit.actions import record
from core.catalog.models import Event, PriceTier, Room, Seat, SeatMap, Showtime, Zone
from core.catalog.refusals import CannotPublish, NoPrices, RoomTaken, RoomWithoutSeatMap, UnknownZone, WrongTimes
from core.catalog.seatmap.format import dump, load
from core.catalog.seatmap.plan import SeatMapPlan, SeatPlan
from core.catalog.seatmap.pretix import load_pretix
from core.catalog.seatmap.schema import read_json
from core.kernel.actor import Actor

Source = Literal["foyer", "pretix"]
_SEAT_FIELDS = (
    "row_label",
    "seat_number",
    "seat_type",
    "x",
    "y",
    "rotation",
    "row_rank",
    "order_in_row",
    "block",
    "restricted_view",
    "step_free",
    "pair",
)


@dataclass(frozen=True, slots=True)
class Price:
    """A price as it is planned; zones are named as in the seat map, empty means all."""

    ticket_type: str
    amount: int
    seat_type: str = ""
    zone: str = ""


@dataclass(frozen=True, slots=True)
class ShowtimePlan:
    """When and how something is performed. Times are aware; an empty sale window is open until the start."""

    starts_at: dt.datetime
    ends_at: dt.datetime
    prices: Sequence[Price]
    doors_at: dt.datetime | None = None
    sale_opens_at: dt.datetime | None = None
    sale_closes_at: dt.datetime | None = None
    format: str = ""
    language: str = ""
    subtitles: str = ""

    @property
    def times_fit(self) -> bool:
        """Is everything in the order in which an evening happens?"""
        opens, closes = self.sale_opens_at or self.starts_at, self.sale_closes_at or self.ends_at
        doors = self.doors_at or self.starts_at
        return opens <= self.starts_at and doors <= self.starts_at < self.ends_at and opens < closes <= self.ends_at


@transaction.atomic
def import_seat_map(
    *,
    room: Room,
    document: dict[str, Any] | str | bytes,
    actor: Actor,
    now: dt.datetime,
    source: Source = "foyer",
) -> SeatMap:
    """Make a document the newest version of the room's seat map; older showtimes keep theirs.

    Raises SeatMapRefused, which lists every fault with its place, and then nothing is stored.
    """
    if source == "pretix":
        plan = load_pretix(document)
        kept = dump(plan)
    else:
        kept = read_json(document)
        plan = load(kept)
    Room.objects.select_for_update().get(pk=room.pk)
    newest = room.seat_maps.aggregate(version=Max("version"))["version"] or 0
    seat_map = SeatMap.objects.create(
        room=room,
        version=newest + 1,
        document=kept,
        width=plan.width,
        height=plan.height,
        seat_count=len(plan.seats),
        created_at=now,
    )
    _store(plan, seat_map)
    record(
        "seat_map.imported",
        seat_map,
        actor=actor,
        now=now,
        organizer_id=room.venue.organizer_id,
        version=seat_map.version,
        capacity=plan.capacity,
        source=source,
    )
    return seat_map


def _store(plan: SeatMapPlan, seat_map: SeatMap) -> None:
    zones = Zone.objects.bulk_create(
        Zone(
            seat_map=seat_map,
            name=zone.name,
            label=zone.label,
            kind=zone.kind,
            capacity=zone.capacity,
            rank=rank,
        )
        for rank, zone in enumerate(plan.zones)
    )
    by_name = {zone.name: zone for zone in zones}
    Seat.objects.bulk_create((_seat(seat, seat_map, by_name[seat.zone]) for seat in plan.seats), batch_size=2_000)


def _seat(seat: SeatPlan, seat_map: SeatMap, zone: Zone) -> Seat:
    return Seat(seat_map=seat_map, zone=zone, **{name: getattr(seat, name) for name in _SEAT_FIELDS})


@transaction.atomic
def publish_event(*, event: Event, actor: Actor, now: dt.datetime) -> Event:
    """Let the public see a draft. Publishing what is public already changes nothing."""
    event = Event.objects.select_for_update().get(pk=event.pk)
    if event.status == Event.Status.CANCELLED:
        raise CannotPublish(event)
    if event.status == Event.Status.DRAFT:
        event.status = Event.Status.PUBLISHED
        event.save(update_fields=["status"])
        record("event.published", event, actor=actor, now=now, organizer_id=event.organizer_id)
    return event


@transaction.atomic
def schedule_showtime(*, event: Event, room: Room, plan: ShowtimePlan, actor: Actor, now: dt.datetime) -> Showtime:
    """Plan one performance in the room's newest seat map, with its prices, as a draft.

    Its places are opened by `core.seating`; only then can it go on sale.
    """
    if not plan.times_fit:
        raise WrongTimes
    if not plan.prices:
        raise NoPrices
    Room.objects.select_for_update().get(pk=room.pk)
    seat_map = room.seat_maps.order_by("-version").first()
    if seat_map is None:
        raise RoomWithoutSeatMap(room)
    other = _in_the_way(room, plan)
    if other is not None:
        raise RoomTaken(other)
    showtime = Showtime.objects.create(
        event=event,
        room=room,
        seat_map=seat_map,
        starts_at=plan.starts_at,
        ends_at=plan.ends_at,
        doors_at=plan.doors_at,
        sale_opens_at=plan.sale_opens_at,
        sale_closes_at=plan.sale_closes_at,
        format=plan.format,
        language=plan.language,
        subtitles=plan.subtitles,
    )
    PriceTier.objects.bulk_create(_tiers(showtime, plan.prices))
    record("showtime.scheduled", showtime, actor=actor, now=now, organizer_id=event.organizer_id)
    return showtime


def _in_the_way(room: Room, plan: ShowtimePlan) -> Showtime | None:
    """The first living showtime of the room that overlaps; one may begin at the minute another ends."""
    return (
        room.showtimes.filter(starts_at__lt=plan.ends_at, ends_at__gt=plan.starts_at)
        .exclude(status=Showtime.Status.CANCELLED)
        .select_related("event", "room__venue")
        .order_by("starts_at")
        .first()
    )


def _tiers(showtime: Showtime, prices: Sequence[Price]) -> list[PriceTier]:
    zones = dict(Zone.objects.filter(seat_map_id=showtime.seat_map_id).values_list("name", "id"))
    for price in prices:
        if price.zone and price.zone not in zones:
            raise UnknownZone(price.zone)
    return [
        PriceTier(
            showtime=showtime,
            zone_id=zones[price.zone] if price.zone else None,
            seat_type=price.seat_type,
            ticket_type=price.ticket_type,
            amount=price.amount,
        )
        for price in prices
    ]


@transaction.atomic
def open_sale(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> Showtime:
    """Put a drafted showtime on sale, from its sale window on. Its places exist already."""
    showtime = Showtime.objects.select_for_update().get(pk=showtime.pk)
    if showtime.status == Showtime.Status.DRAFT:
        showtime.status = Showtime.Status.ON_SALE
        showtime.save(update_fields=["status"])
        record("showtime.on_sale", showtime, actor=actor, now=now, organizer_id=showtime.event.organizer_id)
    return showtime


@transaction.atomic
def cancel_showtime(*, showtime: Showtime, actor: Actor, now: dt.datetime) -> Showtime:
    """Say that a showtime does not take place; again, it changes nothing.

    `flows.cancelling` is the door to it: it gives back what was sold.
    """
    showtime = Showtime.objects.select_for_update(of=("self",)).select_related("event").get(pk=showtime.pk)
    if showtime.status != Showtime.Status.CANCELLED:
        showtime.status = Showtime.Status.CANCELLED
        showtime.save(update_fields=["status"])
        record("showtime.cancelled", showtime, actor=actor, now=now, organizer_id=showtime.event.organizer_id)
    return showtime
