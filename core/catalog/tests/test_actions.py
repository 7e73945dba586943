"""OR3, OR4 in the core: seat maps, publishing, scheduling."""

import datetime as dt
import json
from typing import Any

import pytest

from core.audit.models import Record
from core.catalog.actions import (
    Price,
    ShowtimePlan,
    import_seat_map,
    open_sale,
    publish_event,
    schedule_showtime,
)
from core.catalog.models import Category, Event, PriceTier, Room, Seat, SeatMap, Showtime, Zone
from core.catalog.queries import export_seat_map
from core.catalog.refusals import CannotPublish, NoPrices, RoomTaken, RoomWithoutSeatMap, UnknownZone, WrongTimes
from core.catalog.seatmap.format import load
from core.catalog.seatmap.refusal import SeatMapRefused
from core.kernel.actor import Actor

NOW = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
EVENING = dt.datetime(2026, 11, 6, 19, 0, tzinfo=dt.UTC)
OLGA = Actor(holder="user:1", user_id=1, label="Olga")
HOUR = dt.timedelta(hours=1)

DOCUMENT: dict[str, Any] = {
    "format": "foyer-seat-map/1",
    "name": "Small room",
    "focus": {"kind": "screen", "x": 0, "y": 0, "width": 6},
    "zones": [
        {"name": "stalls", "label": "Stalls", "rows": [{"labels": "A-B", "y": 3, "count": 4}]},
        {
            "name": "floor",
            "label": "Floor",
            "kind": "standing",
            "capacity": 25,
            "rect": {"x": -3, "y": 7, "width": 6, "height": 3},
        },
    ],
}

pytestmark = pytest.mark.django_db


@pytest.fixture
def event(room: Room) -> Event:
    category = Category.objects.create(name="Film", slug="film")
    return Event.objects.create(
        organizer=room.venue.organizer, category=category, title="Meridian", slug="meridian", description="-"
    )


def plan(starts_at: dt.datetime = EVENING, **changes: Any) -> ShowtimePlan:
    given = {"starts_at": starts_at, "ends_at": starts_at + 2 * HOUR, "prices": [Price("adult", 1190)]}
    return ShowtimePlan(**(given | changes))


def counts() -> tuple[int, ...]:
    return tuple(model.objects.count() for model in (SeatMap, Zone, Seat, Showtime, PriceTier, Record))


def test_import_seat_map_stores_zones_and_seats_when_the_document_is_right(room: Room) -> None:
    seat_map = import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    assert (seat_map.version, seat_map.seat_count, seat_map.created_at) == (1, 8, NOW)
    assert list(seat_map.zones.values_list("name", "kind", "capacity")) == [
        ("stalls", "seated", 0),
        ("floor", "standing", 25),
    ]
    planned = {(s.row_label, s.seat_number, s.x, s.y, s.block, s.order_in_row) for s in load(DOCUMENT).seats}
    stored = seat_map.seats.values_list("row_label", "seat_number", "x", "y", "block", "order_in_row")
    assert set(stored) == planned
    record = Record.objects.get()
    assert (record.action, record.object_id, record.actor_label) == ("seat_map.imported", str(seat_map.pk), "Olga")
    assert record.data == {"version": 1, "capacity": 33, "source": "foyer"}


def test_import_seat_map_adds_a_version_when_the_room_has_one(room: Room, event: Event) -> None:
    """OR3: a room with scheduled showtimes keeps its old map for them."""
    first = import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    old = schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    second = import_seat_map(room=room, document=json.dumps(DOCUMENT), actor=OLGA, now=NOW)
    later = schedule_showtime(event=event, room=room, plan=plan(EVENING + 3 * HOUR), actor=OLGA, now=NOW)
    assert [first.version, second.version] == [1, 2]
    old.refresh_from_db()
    assert (old.seat_map, later.seat_map) == (first, second)


def test_import_seat_map_stores_nothing_when_one_seat_is_wrong(room: Room) -> None:
    broken = json.loads(json.dumps(DOCUMENT))
    broken["zones"][0]["rows"].append({"label": "B", "y": 5, "count": 2})
    broken["zones"][0]["rows"].append({"label": "C", "y": 6.5, "count": 2, "type": "throne"})
    before = counts()
    with pytest.raises(SeatMapRefused) as refusal:
        import_seat_map(room=room, document=broken, actor=OLGA, now=NOW)
    assert "zones[0].rows[2].type" in {problem.place for problem in refusal.value.problems}
    assert counts() == before


def test_export_seat_map_gives_back_the_document_when_it_was_imported(room: Room) -> None:
    seat_map = import_seat_map(room=room, document=json.dumps(DOCUMENT), actor=OLGA, now=NOW)
    assert export_seat_map(seat_map) == DOCUMENT
    explicit = export_seat_map(seat_map, explicit=True)
    assert explicit != DOCUMENT
    assert load(explicit) == load(DOCUMENT)


def test_import_seat_map_keeps_a_plan_of_our_own_when_it_came_from_pretix(room: Room) -> None:
    seats = [
        {"seat_guid": f"a-{n}", "seat_number": str(n), "position": {"x": 30 * n, "y": 0}, "category": "Stalls"}
        for n in (1, 2, 3)
    ]
    document = {
        "name": "Town hall",
        "categories": [{"name": "Stalls"}],
        "zones": [{"name": "Hall", "position": {"x": 0, "y": 0}, "rows": [{"row_number": "A", "seats": seats}]}],
    }
    seat_map = import_seat_map(room=room, document=document, actor=OLGA, now=NOW, source="pretix")
    assert list(seat_map.seats.values_list("row_label", "seat_number")) == [("A", "1"), ("A", "2"), ("A", "3")]
    assert load(export_seat_map(seat_map)).name == "Town hall"


def test_publish_event_shows_a_draft_once_when_asked_twice(event: Event) -> None:
    publish_event(event=event, actor=OLGA, now=NOW)
    publish_event(event=event, actor=OLGA, now=NOW)
    event.refresh_from_db()
    assert event.status == "published"
    assert list(Record.objects.values_list("action", flat=True)) == ["event.published"]


def test_publish_event_is_refused_when_it_was_cancelled(event: Event) -> None:
    Event.objects.update(status="cancelled")
    with pytest.raises(CannotPublish):
        publish_event(event=event, actor=OLGA, now=NOW)
    event.refresh_from_db()
    assert event.status == "cancelled"
    assert Record.objects.count() == 0


def test_schedule_showtime_keeps_prices_and_times_when_the_room_is_free(room: Room, event: Event) -> None:
    seat_map = import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    prices = [Price("adult", 1190), Price("adult", 2500, zone="floor"), Price("child", 800, seat_type="standard")]
    showtime = schedule_showtime(
        event=event, room=room, plan=plan(prices=prices, format="3D", language="English"), actor=OLGA, now=NOW
    )
    assert (showtime.status, showtime.format, showtime.language) == ("draft", "3D", "English")
    floor, stalls = seat_map.zones.get(name="floor"), seat_map.zones.get(name="stalls")
    found = showtime.prices
    assert found.prices(zone_id=stalls.pk, seat_type="standard") == {"adult": 1190, "child": 800}
    assert found.prices(zone_id=floor.pk, seat_type="") == {"adult": 2500}


def test_schedule_showtime_is_refused_when_the_room_is_taken(room: Room, event: Event) -> None:
    import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    first = schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    before = counts()
    with pytest.raises(RoomTaken, match=r"Meridian.*2026-11-06 20:00 to 22:00"):
        schedule_showtime(event=event, room=room, plan=plan(EVENING + HOUR), actor=OLGA, now=NOW)
    assert counts() == before
    schedule_showtime(event=event, room=room, plan=plan(first.ends_at), actor=OLGA, now=NOW)
    assert Showtime.objects.count() == 2


def test_schedule_showtime_takes_the_time_when_the_other_was_cancelled(room: Room, event: Event) -> None:
    import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    Showtime.objects.update(status="cancelled")
    schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    assert sorted(Showtime.objects.values_list("status", flat=True)) == ["cancelled", "draft"]


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"ends_at": EVENING}, WrongTimes),
        ({"doors_at": EVENING + HOUR}, WrongTimes),
        ({"sale_opens_at": EVENING + HOUR}, WrongTimes),
        ({"sale_opens_at": EVENING - HOUR, "sale_closes_at": EVENING - 2 * HOUR}, WrongTimes),
        ({"prices": []}, NoPrices),
        ({"prices": [Price("adult", 1, zone="moon")]}, UnknownZone),
    ],
)
def test_schedule_showtime_stores_nothing_when_the_plan_is_wrong(
    room: Room, event: Event, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    before = counts()
    with pytest.raises(refusal):
        schedule_showtime(event=event, room=room, plan=plan(**changes), actor=OLGA, now=NOW)
    assert counts() == before


def test_schedule_showtime_is_refused_when_the_room_has_no_seat_map(room: Room, event: Event) -> None:
    with pytest.raises(RoomWithoutSeatMap):
        schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    assert counts() == (0, 0, 0, 0, 0, 0)


def test_open_sale_puts_a_draft_on_sale_once_when_asked_twice(room: Room, event: Event) -> None:
    import_seat_map(room=room, document=DOCUMENT, actor=OLGA, now=NOW)
    showtime = schedule_showtime(event=event, room=room, plan=plan(), actor=OLGA, now=NOW)
    assert open_sale(showtime=showtime, actor=OLGA, now=NOW).status == "on_sale"
    open_sale(showtime=showtime, actor=OLGA, now=NOW)
    assert Record.objects.filter(action="showtime.on_sale").count() == 1
