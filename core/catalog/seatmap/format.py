"""Reads Foyer's seat-map documents into a plan, and writes a plan back as a document.

docs/seat-map.md describes the format. `dump` writes every seat by itself; `load(dump(plan)) == plan`.
"""

from collections.abc import Sequence
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from core.catalog.seatmap.checks import check_room, check_seats
from core.catalog.seatmap.joining import PlacedSeat, join_rows, moved
from core.catalog.seatmap.plan import (
    MARGIN,
    MOST_PLACES,
    SEATED,
    STAGE,
    STANDARD,
    STANDING,
    FocusPlan,
    MarkPlan,
    Point,
    SeatMapPlan,
    SeatPlan,
    ZonePlan,
)
from core.catalog.seatmap.refusal import WHOLE_DOCUMENT, Findings
from core.catalog.seatmap.rows import Draft, ZoneReader
from core.catalog.seatmap.schema import check_against_schema, read_json

FORMAT = "foyer-seat-map/1"
_ONLY_STANDING = ("capacity", "polygon", "rect")
_ONLY_SEATED = ("rows", "sectors", "defaults", "row_gap", "x", "y", "rotation")


def load(document: dict[str, Any] | str | bytes) -> SeatMapPlan:
    """Read a document. Raises SeatMapRefused with every problem and its place."""
    data = read_json(document)
    check_against_schema(data)
    findings = Findings()
    focus = _focus(data["focus"])
    drafts = _drafts(data["zones"], findings)
    placed = join_rows(drafts, [zone["name"] for zone in data["zones"]], focus, findings)
    zones = _zones(data["zones"], placed, findings)
    marks = [_mark(mark, index, findings) for index, mark in enumerate(data.get("marks", []))]
    check_seats(placed, findings)
    check_room(placed, zones, focus, findings)
    if not findings and not placed and not any(zone.capacity for zone in zones):
        findings.add(WHOLE_DOCUMENT, _("Nobody can sit or stand in this room."))
    findings.refuse_if_any()
    return _from_the_corner(data["name"], focus, zones, [seat for seat, _place in placed], marks)


def dump(plan: SeatMapPlan) -> dict[str, Any]:
    """Write a plan as an explicit document, seat by seat."""
    rows: dict[str, list[dict[str, Any]]] = {zone.name: [] for zone in plan.zones}
    for (zone, label), seats in groupby(plan.seats, key=lambda seat: (seat.zone, seat.row_label)):
        listed = list(seats)
        rows[zone].append(
            {"label": label, "rank": listed[0].row_rank, "seats": [_seat_document(seat) for seat in listed]}
        )
    focus = plan.focus
    document: dict[str, Any] = {
        "format": FORMAT,
        "name": plan.name,
        "focus": {name: getattr(focus, name) for name in ("kind", "label", "x", "y", "width", "depth", "bulge")},
        "zones": [_zone_document(zone, rows[zone.name]) for zone in plan.zones],
    }
    if plan.marks:
        document["marks"] = [
            {"label": mark.label, "label_at": [mark.label_x, mark.label_y]}
            | ({"polygon": [list(point) for point in mark.shape]} if mark.shape else {})
            for mark in plan.marks
        ]
    return document


def _seat_document(seat: SeatPlan) -> dict[str, Any]:
    written = {
        "rotation": seat.rotation,
        "type": "" if seat.seat_type == STANDARD else seat.seat_type,
        "restricted_view": seat.restricted_view,
        "step_free": seat.step_free,
        "pair": seat.pair,
        "block": seat.block,
    }
    document = {"number": seat.seat_number, "x": seat.x, "y": seat.y}
    return document | {key: value for key, value in written.items() if value}


def _zone_document(zone: ZonePlan, rows: list[dict[str, Any]]) -> dict[str, Any]:
    document: dict[str, Any] = {"name": zone.name, "label": zone.label, "kind": zone.kind}
    document["label_at"] = [zone.label_x, zone.label_y]
    if zone.kind == STANDING:
        return document | {"capacity": zone.capacity, "polygon": [list(point) for point in zone.shape]}
    return document | {"rows": rows}


def _focus(written: dict[str, Any]) -> FocusPlan:
    deep = 3.0 if written["kind"] == STAGE else 0.4
    sizes = {"x": 0.0, "y": 0.0, "width": 10.0, "depth": deep, "bulge": 0.0}
    numbers = {name: round(float(written.get(name, usual)), 3) for name, usual in sizes.items()}
    return FocusPlan(kind=written["kind"], label=written.get("label", ""), **numbers)


def _drafts(zones: Sequence[dict[str, Any]], findings: Findings) -> list[Draft]:
    room_for = MOST_PLACES - sum(zone.get("capacity", 0) for zone in zones)
    if room_for < 0:
        findings.add("zones", _("More than %(limit)d places in one plan.") % {"limit": MOST_PLACES})
        return []
    drafts: list[Draft] = []
    for index, zone in enumerate(zones):
        reader = ZoneReader(zone, index, findings, room_for)
        drafts.extend(reader.read())
        room_for = reader.room_for
        if room_for < 0:
            break
    return drafts


def _zones(written: Sequence[dict[str, Any]], placed: Sequence[PlacedSeat], findings: Findings) -> list[ZonePlan]:
    seats: dict[str, list[SeatPlan]] = {zone["name"]: [] for zone in written}
    for seat, _place in placed:
        seats[seat.zone].append(seat)
    known: set[str] = set()
    zones = []
    for index, zone in enumerate(written):
        if zone["name"] in known:
            findings.add(
                f"zones[{index}].name", _("Another zone is called “%(name)s” already.") % {"name": zone["name"]}
            )
        known.add(zone["name"])
        zones.append(_zone(zone, f"zones[{index}]", seats[zone["name"]], findings))
    return zones


def _zone(zone: dict[str, Any], place: str, seats: Sequence[SeatPlan], findings: Findings) -> ZonePlan:
    kind = zone.get("kind", SEATED)
    foreign = _ONLY_SEATED if kind == STANDING else _ONLY_STANDING
    for name in foreign:
        if name in zone:
            findings.add(f"{place}.{name}", _("A zone of the kind “%(kind)s” has no such field.") % {"kind": kind})
    shape: tuple[Point, ...] = ()
    if kind == STANDING:
        if "capacity" not in zone:
            findings.add(place, _("A standing area needs a capacity."))
        shape = _shape(zone, place, findings)
    elif "rows" not in zone:
        findings.add(place, _("A seated zone needs rows."))
    label_x, label_y = _label_at(zone, shape, seats)
    return ZonePlan(
        name=zone["name"],
        label=zone.get("label", zone["name"]),
        kind=kind,
        capacity=zone.get("capacity", 0) if kind == STANDING else 0,
        label_x=label_x,
        label_y=label_y,
        shape=shape,
    )


def _shape(written: dict[str, Any], place: str, findings: Findings) -> tuple[Point, ...]:
    if ("polygon" in written) == ("rect" in written):
        findings.add(place, _("An area needs either “polygon” or “rect”."))
        return ()
    if "polygon" in written:
        return tuple((round(float(x), 3), round(float(y), 3)) for x, y in written["polygon"])
    rect = written["rect"]
    left, top = round(float(rect["x"]), 3), round(float(rect["y"]), 3)
    right, bottom = round(left + rect["width"], 3), round(top + rect["height"], 3)
    if left == right or top == bottom:
        findings.add(f"{place}.rect", _("This rectangle has no extent."))
    return ((left, top), (right, top), (right, bottom), (left, bottom))


def _mark(mark: dict[str, Any], index: int, findings: Findings) -> MarkPlan:
    shape: tuple[Point, ...] = ()
    if "polygon" in mark or "rect" in mark:
        shape = _shape(mark, f"marks[{index}]", findings)
    elif "label_at" not in mark:
        findings.add(f"marks[{index}]", _("A mark needs an outline or “label_at”."))
    label_x, label_y = _label_at(mark, shape, ())
    return MarkPlan(label=mark.get("label", ""), label_x=label_x, label_y=label_y, shape=shape)


def _label_at(written: dict[str, Any], shape: Sequence[Point], seats: Sequence[SeatPlan]) -> Point:
    """Where the name is written: as told, in the middle of the outline, or above the seats."""
    if "label_at" in written:
        x, y = written["label_at"]
        return round(float(x), 3), round(float(y), 3)
    if shape:
        xs, ys = [point[0] for point in shape], [point[1] for point in shape]
        return round((min(xs) + max(xs)) / 2, 3), round((min(ys) + max(ys)) / 2, 3)
    if seats:
        xs = [seat.x for seat in seats]
        middle = (min(xs) + max(xs)) / 2
        # In a fan the first row stands lowest in the middle, where the name goes.
        nearest = min(abs(x - middle) for x in xs)
        top = min(seat.y for seat in seats if abs(seat.x - middle) <= nearest + 1)
        return round(middle, 3), round(top - 1.5, 3)
    return 0.0, 0.0


def _from_the_corner(
    name: str, focus: FocusPlan, zones: Sequence[ZonePlan], seats: Sequence[SeatPlan], marks: Sequence[MarkPlan]
) -> SeatMapPlan:
    """Move everything so that the plan begins one margin inside (0, 0)."""
    xs, ys = _extents(focus, zones, seats, marks)
    dx, dy = round(MARGIN - min(xs), 3), round(MARGIN - min(ys), 3)

    def at(x: float, y: float) -> Point:
        return round(x + dx, 3), round(y + dy, 3)

    x, y = at(focus.x, focus.y)
    return SeatMapPlan(
        name=name,
        focus=FocusPlan(focus.kind, focus.label, x, y, focus.width, focus.depth, focus.bulge),
        zones=tuple(
            ZonePlan(z.name, z.label, z.kind, z.capacity, *at(z.label_x, z.label_y), tuple(at(*p) for p in z.shape))
            for z in zones
        ),
        seats=tuple(moved(seat, dx, dy) for seat in seats),
        marks=tuple(MarkPlan(m.label, *at(m.label_x, m.label_y), tuple(at(*p) for p in m.shape)) for m in marks),
        width=round(max(xs) + dx + MARGIN, 3),
        height=round(max(ys) + dy + MARGIN, 3),
    )


def _extents(
    focus: FocusPlan, zones: Sequence[ZonePlan], seats: Sequence[SeatPlan], marks: Sequence[MarkPlan]
) -> tuple[list[float], list[float]]:
    """Every x and every y at which something is drawn."""
    points = [point for zone in zones for point in zone.shape]
    points += [point for mark in marks for point in mark.shape]
    points += [(zone.label_x, zone.label_y) for zone in zones]
    points += [(mark.label_x, mark.label_y) for mark in marks]
    xs = [x for x, _y in points] + [focus.x - focus.width / 2, focus.x + focus.width / 2]
    ys = [y for _x, y in points] + [focus.y - focus.depth, focus.y, focus.y + focus.bulge]
    for seat in seats:
        xs += (seat.x - 0.5, seat.x + 0.5)
        ys += (seat.y - 0.5, seat.y + 0.5)
    return xs, ys
