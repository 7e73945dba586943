"""What a schema cannot see: seats twice, on top of each other, or without their other half."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _

from core.catalog.seatmap.joining import PlacedSeat
from core.catalog.seatmap.plan import COMPANION, LEAST_DISTANCE, SOFA, WHEELCHAIR, FocusPlan, Point, SeatPlan, ZonePlan
from core.catalog.seatmap.refusal import Findings, seat_words


def check_seats(placed: Sequence[PlacedSeat], findings: Findings) -> None:
    """Note every duplicate, overlap and broken pair."""
    _check_duplicates(placed, findings)
    _check_overlaps(placed, findings)
    _check_pairs(placed, findings)


def check_room(placed: Sequence[PlacedSeat], zones: Sequence[ZonePlan], focus: FocusPlan, findings: Findings) -> None:
    """Note seats in the way of a standing area or of the stage, and standing areas in each other's way."""
    areas = [(index, zone) for index, zone in enumerate(zones) if zone.shape]
    for n, (index, zone) in enumerate(areas):
        for _other, other in areas[:n]:
            if _shapes_meet(zone.shape, other.shape):
                reason = _("This standing area overlaps with “%(other)s”.") % {"other": other.label}
                findings.add(f"zones[{index}]", reason)
    for seat, place in placed:
        if abs(seat.x - focus.x) < focus.width / 2 and focus.y - focus.depth < seat.y < focus.y:
            findings.add(place, _("This seat (%(seat)s) stands on the stage or screen.") % {"seat": _words(seat)})
        for _index, zone in areas:
            if inside((seat.x, seat.y), zone.shape):
                names = {"seat": _words(seat), "area": zone.label}
                findings.add(place, _("This seat (%(seat)s) stands in the standing area “%(area)s”.") % names)


def inside(point: Point, shape: Sequence[Point]) -> bool:
    """Whether a point lies within a polygon (even-odd rule)."""
    x, y = point
    result = False
    for (ax, ay), (bx, by) in _edges(shape):
        if (ay > y) != (by > y) and x < (bx - ax) * (y - ay) / (by - ay) + ax:
            result = not result
    return result


def _words(seat: SeatPlan) -> str:
    return seat_words(seat.row_label, seat.seat_number)


def _check_duplicates(placed: Iterable[PlacedSeat], findings: Findings) -> None:
    known: dict[tuple[str, str, str], str] = {}
    for seat, place in placed:
        key = (seat.zone, seat.row_label, seat.seat_number)
        if key in known:
            words = {"seat": _words(seat), "zone": seat.zone, "place": known[key]}
            findings.add(place, _("Duplicate seat: “%(zone)s” has %(seat)s already at %(place)s.") % words)
        known.setdefault(key, place)


def _check_overlaps(placed: Iterable[PlacedSeat], findings: Findings) -> None:
    """Seats stand in a grid of cells as wide as the least distance, so only nine cells matter. A seat
    that overlaps is not entered, which keeps the cells small however many seats share a spot."""
    grid: dict[tuple[int, int], list[SeatPlan]] = defaultdict(list)
    for seat, place in placed:
        column, line = int(seat.x // LEAST_DISTANCE), int(seat.y // LEAST_DISTANCE)
        other = _too_close(seat, grid, column, line)
        if other is None:
            grid[column, line].append(seat)
            continue
        words = {"seat": _words(seat), "zone": other.zone, "other": _words(other), "least": LEAST_DISTANCE}
        findings.add(
            place,
            _("Overlap: %(seat)s is closer than %(least)s to %(other)s of “%(zone)s”.") % words,
        )


def _too_close(seat: SeatPlan, grid: dict[tuple[int, int], list[SeatPlan]], column: int, line: int) -> SeatPlan | None:
    for i in (column - 1, column, column + 1):
        for j in (line - 1, line, line + 1):
            for other in grid.get((i, j), ()):
                if (seat.x - other.x) ** 2 + (seat.y - other.y) ** 2 < LEAST_DISTANCE**2 - 1e-6:
                    return other
    return None


def _check_pairs(placed: Iterable[PlacedSeat], findings: Findings) -> None:
    groups: dict[str, list[PlacedSeat]] = defaultdict(list)
    for seat, place in placed:
        if seat.pair:
            groups[seat.pair].append((seat, place))
        elif seat.seat_type == SOFA:
            findings.add(
                place, _("This half of a sofa (%(seat)s) has no other half beside it.") % {"seat": _words(seat)}
            )
        elif seat.seat_type == COMPANION:
            reason = _("This companion seat (%(seat)s) has no wheelchair place beside it.")
            findings.add(place, reason % {"seat": _words(seat)})
    for key, group in groups.items():
        fault = _fault_of_pair([seat for seat, _place in group])
        if fault:
            findings.add(group[0][1], fault % {"pair": key})


def _fault_of_pair(seats: list[SeatPlan]) -> str:
    types = sorted(seat.seat_type for seat in seats)
    if SOFA in types:
        if types != [SOFA, SOFA]:
            return _("The sofa “%(pair)s” must have exactly two halves and nothing else.")
        left, right = sorted(seats, key=lambda seat: seat.order_in_row)
        together = (left.zone, left.row_label, left.block) == (right.zone, right.row_label, right.block)
        if not together or right.order_in_row - left.order_in_row != 1:
            return _("The halves of the sofa “%(pair)s” must be neighbours.")
        return ""
    if types.count(WHEELCHAIR) != 1 or types != [COMPANION] * (len(types) - 1) + [WHEELCHAIR]:
        return _("The pair “%(pair)s” must be one wheelchair place with its companions.")
    if len(types) == 1:
        return _("The wheelchair place “%(pair)s” is paired with nobody.")
    if len({seat.zone for seat in seats}) > 1:
        return _("The pair “%(pair)s” reaches over two zones.")
    return ""


def _edges(shape: Sequence[Point]) -> Iterable[tuple[Point, Point]]:
    return zip(shape, [*shape[1:], shape[0]], strict=True)


def _shapes_meet(one: Sequence[Point], other: Sequence[Point]) -> bool:
    for axis in (0, 1):
        mine, theirs = [p[axis] for p in one], [p[axis] for p in other]
        if max(mine) <= min(theirs) or max(theirs) <= min(mine):
            return False
    if inside(_within(one), other) or inside(_within(other), one):
        return True
    return any(_cross(a, b, c, d) for a, b in _edges(one) for c, d in _edges(other))


def _within(shape: Sequence[Point]) -> Point:
    """A point inside a polygon, which the mean of its corners need not be: halfway between the first
    two walls met on a level line that touches no corner."""
    levels = sorted({y for _x, y in shape})
    y = (levels[0] + levels[1]) / 2 if len(levels) > 1 else levels[0]
    walls = sorted(
        (bx - ax) * (y - ay) / (by - ay) + ax for (ax, ay), (bx, by) in _edges(shape) if (ay > y) != (by > y)
    )
    return ((walls[0] + walls[1]) / 2, y) if len(walls) > 1 else shape[0]


def _cross(a: Point, b: Point, c: Point, d: Point) -> bool:
    """Whether two edges cut through each other; a shared wall does not count."""
    return _side(a, b, c) * _side(a, b, d) < 0 and _side(c, d, a) * _side(c, d, b) < 0


def _side(a: Point, b: Point, point: Point) -> float:
    value = (b[0] - a[0]) * (point[1] - a[1]) - (b[1] - a[1]) * (point[0] - a[0])
    return 0.0 if abs(value) < 1e-9 else value
