"""What has to be drawn of a seat map, read once per process: a version never changes once a showtime uses it."""

from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import gettext_noop

from core.catalog.models import Seat, SeatMap, Zone
from core.catalog.seatmap.format import load
from core.catalog.seatmap.geometry import focus_path, row_ends, shape_path
from core.catalog.seatmap.plan import SCREEN, SOFA, STANDING, SeatMapPlan

FOCUS_NAMES = {"screen": gettext_noop("Screen"), "stage": gettext_noop("Stage")}


@dataclass(frozen=True, slots=True)
class Label:
    """Words on the plan. `id` is that of their element and of their rule in the style sheet."""

    id: str
    text: str
    kind: str
    x: float
    y: float
    zone_id: int | None = None


@dataclass(frozen=True, slots=True)
class Hall:
    """One version of a seat map, ready to be drawn. Seats are zone by zone and row by row, as in its document."""

    seat_map: SeatMap
    zones: list[Zone]
    seats: list[Seat]
    labels: list[Label]
    drawing: str

    @property
    def seated(self) -> list[Zone]:
        """The zones with seats."""
        return [zone for zone in self.zones if zone.kind == Zone.Kind.SEATED]

    @property
    def standing(self) -> list[Zone]:
        """The zones without."""
        return [zone for zone in self.zones if zone.kind == Zone.Kind.STANDING]


@lru_cache(maxsize=24)
def hall_of(seat_map_id: int) -> Hall:
    """The hall of a seat map."""
    seat_map = SeatMap.objects.get(pk=seat_map_id)
    zones = list(seat_map.zones.order_by("rank", "id"))
    seats = list(seat_map.seats.order_by("zone__rank", "id"))
    plan = load(seat_map.document)
    return Hall(seat_map, zones, seats, _labels(plan, zones), _drawing(plan))


def left_halves(seats: list[Seat]) -> set[int]:
    """The seats that are the left half of their sofa, as one looks at the plan."""
    pairs: dict[str, Seat] = {}
    for seat in seats:
        if seat.seat_type == SOFA and seat.pair:
            other = pairs.setdefault(seat.pair, seat)
            pairs[seat.pair] = min(seat, other, key=lambda half: half.order_in_row)
    return {seat.pk for seat in pairs.values()}


def _labels(plan: SeatMapPlan, zones: list[Zone]) -> list[Label]:
    focus, by_name = plan.focus, {zone.name: zone for zone in zones}
    middle = focus.y - focus.depth / 2
    if focus.kind == SCREEN:
        middle = focus.y + focus.bulge * 0.5 + 0.75
    labels = [Label("sf", focus.label or FOCUS_NAMES[focus.kind], "focus", focus.x, middle)]
    for number, (_zone, text, x, y) in enumerate(row_ends(plan.seats)):
        labels.append(Label(f"sr{number}", text, "row", x, y))
    several = len(plan.zones) > 1
    for zone in plan.zones:
        if several or zone.kind == STANDING:
            zone_id = by_name[zone.name].pk
            labels.append(Label(f"sz{zone_id}", zone.label, zone.kind, zone.label_x, zone.label_y, zone_id))
    for number, mark in enumerate(plan.marks):
        if mark.label:
            labels.append(Label(f"sm{number}", mark.label, "mark", mark.label_x, mark.label_y))
    return labels


def _drawing(plan: SeatMapPlan) -> str:
    paths = [f'<path class="focus {plan.focus.kind}" d="{focus_path(plan.focus)}"/>']
    paths += [f'<path class="standing" d="{shape_path(zone.shape)}"/>' for zone in plan.zones if zone.shape]
    paths += [f'<path class="mark" d="{shape_path(mark.shape)}"/>' for mark in plan.marks if mark.shape]
    size = f"0 0 {plan.width:g} {plan.height:g}"
    return f'<svg class="seatmap-drawing" viewBox="{size}" aria-hidden="true">{"".join(paths)}</svg>'
