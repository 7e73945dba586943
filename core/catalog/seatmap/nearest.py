"""What to offer instead of seats that somebody else was faster to take."""

from collections.abc import Collection, Iterator, Sequence

from core.catalog.seatmap.plan import SOFA
from core.catalog.seatmap.spots import Block, SeatId, SeatSpot, blocks_of

# A row nearer or further feels like more than the distance between the rows.
ROW = 1.5
OTHER_TYPE = 4.0
RESTRICTED = 6.0


def nearest(seats: Sequence[SeatSpot], free_ids: Collection[SeatId], wanted: Sequence[SeatSpot]) -> list[SeatId]:
    """As many free seats as `wanted`, side by side and as close to them as can be; an empty list where there are none.

    They are in the zone of the first wanted seat. Places kept for wheelchair users are not offered, sofas only whole.
    """
    if not wanted:
        return []
    zone = [seat for seat in seats if seat.zone == wanted[0].zone and seat.id in free_ids and not seat.accessible]
    groups = [group for block in blocks_of(zone) for group in _stretches(block, len(wanted))]
    best = min(groups, key=lambda group: _distance(group, wanted), default=[])
    return [seat.id for seat in best]


def _stretches(block: Block, count: int) -> Iterator[Block]:
    for start in range(len(block) - count + 1):
        group = block[start : start + count]
        halves = [seat.pair for seat in group if seat.seat_type == SOFA]
        if group[-1].order_in_row - group[0].order_in_row == count - 1 and all(halves.count(p) == 2 for p in halves):
            yield group


def _distance(group: Sequence[SeatSpot], wanted: Sequence[SeatSpot]) -> float:
    (x, y), (to_x, to_y) = _middle(group), _middle(wanted)
    types = sum(a.seat_type != b.seat_type for a, b in zip(group, wanted, strict=True)) / len(group)
    worse = RESTRICTED * any(seat.restricted_view for seat in group)
    return abs(x - to_x) + ROW * abs(y - to_y) + OTHER_TYPE * types + worse


def _middle(seats: Sequence[SeatSpot]) -> tuple[float, float]:
    return sum(seat.x for seat in seats) / len(seats), sum(seat.y for seat in seats) / len(seats)
