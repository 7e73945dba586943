"""Chooses the best available seats for people who want to sit together.

What is best is a cost: the rank of the row, plus how far from the middle of the hall, plus the price of
a restricted view and of leaving a single seat behind. Ranks count rows, so a seat half a row further
back is as good as one a seat's breadth closer to the middle.
"""

import heapq
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import accumulate

from core.catalog.seatmap.orphans import OrphanRule
from core.catalog.seatmap.plan import SOFA, WHEELCHAIR
from core.catalog.seatmap.spots import Block, SeatId, SeatSpot, blocks_of

ASIDE = 0.5
RESTRICTED = 40.0
LEAVES_ONE = 3.0
TAKES_WHEELCHAIR_PLACE = 1_000.0
NOT_A_COMPANION_SEAT = 2.0
CLUSTER_SEEDS = 16

_Choice = tuple[float, list[SeatSpot]]


def best_available(
    seats: Sequence[SeatSpot],
    free_ids: Collection[SeatId],
    count: int,
    zone: SeatId | None = None,
    together: bool = True,
    step_free: bool = False,
    wheelchairs: int = 0,
    no_orphans: bool = False,
) -> list[SeatId] | None:
    """The ids of `count` seats, from left to right, or None.

    They are side by side in one row with no aisle between. Where there is no such place, None; or, with
    `together=False`, seats as close to each other as can be, in neighbouring rows first. Sofas come as pairs.
    With `step_free` every seat is reached without steps; places for wheelchairs are then the last resort, unless
    `wheelchairs` says how many of the seats must be such places. A companion seat comes only with its place.
    With `no_orphans` nothing is offered that the rule of `orphans` would refuse.
    """
    if count < 1 or wheelchairs > count or not seats:
        return None
    free = free_ids if isinstance(free_ids, (set, frozenset)) else set(free_ids)
    rule = OrphanRule(seats, free) if no_orphans else None
    wish = _Wish(count, wheelchairs, step_free or wheelchairs > 0, rule)
    axis = _axis(seats)
    wanted = [seat for seat in seats if seat.id in free and wish.admits(seat) and (zone is None or seat.zone == zone)]
    choice = _side_by_side(wanted, wish, axis)
    if choice is None and not together:
        choice = _close_by(wanted, wish, axis)
    return None if choice is None else [seat.id for seat in choice]


class _Wish:
    """How many seats, for whom, and whether single seats may be left over."""

    def __init__(self, count: int, wheelchairs: int, step_free: bool, rule: OrphanRule | None = None) -> None:
        self.count, self.wheelchairs, self.step_free, self.rule = count, wheelchairs, step_free, rule

    def admits(self, seat: SeatSpot) -> bool:
        """Whether this seat may be offered at all."""
        return (seat.step_free or seat.accessible) if self.step_free else not seat.accessible

    def fee(self, seat: SeatSpot) -> float:
        """What this seat costs beyond where it stands."""
        view = RESTRICTED * seat.restricted_view
        if self.wheelchairs:
            return view + (0 if seat.accessible else NOT_A_COMPANION_SEAT)
        return view + (TAKES_WHEELCHAIR_PLACE if seat.accessible else 0)

    def accepts(self, group: Sequence[SeatSpot]) -> bool:
        """Whether these seats may be sold to one party: whole sofas, companions with their wheelchair place."""
        if self.wheelchairs and sum(seat.seat_type == WHEELCHAIR for seat in group) != self.wheelchairs:
            return False
        keys = [seat.pair for seat in group if seat.seat_type == SOFA]
        if any(keys.count(key) != 2 for key in keys):
            return False
        places = {seat.pair for seat in group if seat.seat_type == WHEELCHAIR}
        return all(seat.pair in places for seat in group if seat.bound and seat.seat_type != SOFA)

    def leaves_orphans(self, group: Sequence[SeatSpot]) -> bool:
        """Whether the rule about single seats, if it counts, refuses these seats."""
        return self.rule is not None and bool(self.rule.orphans(group))


def _axis(seats: Sequence[SeatSpot]) -> float:
    xs = [seat.x for seat in seats]
    return (min(xs) + max(xs)) / 2


def _side_by_side(wanted: Sequence[SeatSpot], wish: _Wish, axis: float) -> list[SeatSpot] | None:
    """The cheapest stretch; the common case, a plain row, is decided by sums alone."""
    best: _Choice | None = None
    for run in _runs(wanted):
        if len(run) < wish.count:
            continue
        for cost, start, leaves_one in _stretches(run, wish, axis):
            if best is not None and cost >= best[0]:
                continue
            group = run[start : start + wish.count]
            # Where everybody may sit anywhere, a run ends at walls and taken seats, and the sums tell all.
            may_leave_one = leaves_one or wish.step_free
            if wish.accepts(group) and not (may_leave_one and wish.leaves_orphans(group)):
                best = (cost, group)
    return best[1] if best else None


def _runs(wanted: Iterable[SeatSpot]) -> Iterator[Block]:
    """Stretches of wanted seats with nothing between them."""
    for block in blocks_of(wanted):
        start = 0
        for n in range(1, len(block) + 1):
            if n == len(block) or block[n].order_in_row != block[n - 1].order_in_row + 1:
                yield block[start:n]
                start = n


def _stretches(run: Block, wish: _Wish, axis: float) -> Iterator[tuple[float, int, bool]]:
    """Cost, beginning, and whether a single seat is left beside, for each stretch of a run."""
    count = wish.count
    fees = list(accumulate((wish.fee(seat) for seat in run), initial=0.0))
    last = len(run) - count
    for start in range(last + 1):
        end = start + count
        middle = (run[start].x + run[end - 1].x) / 2
        cost = run[start].row_rank + ASIDE * abs(middle - axis) + (fees[end] - fees[start]) / count
        singles = (start == 1) + (start == last - 1)
        yield cost + LEAVES_ONE * singles, start, bool(singles)


def _close_by(wanted: Sequence[SeatSpot], wish: _Wish, axis: float) -> list[SeatSpot] | None:
    """Around each of the best seats gather the closest ones; keep the gathering that is closest and best."""
    units = _units(wanted, wish)

    def quality(unit: Sequence[SeatSpot]) -> float:
        seat = unit[0]
        return seat.row_rank + ASIDE * abs(seat.x - axis) + wish.fee(seat)

    best: _Choice | None = None
    for seed in _seeds(units, quality):
        group, spread = _gathered(seed, units, wish)
        cost = quality(seed) + spread / wish.count
        if group and (best is None or cost < best[0]) and not wish.leaves_orphans(group):
            best = (cost, group)
    if best is None:
        return None
    return sorted(best[1], key=lambda seat: (seat.row_rank, seat.row_label, seat.order_in_row))


def _seeds(units: Sequence[Block], quality: Callable[[Block], float]) -> list[Block]:
    """The best seats of all, and the best of each zone, since a party stays within one zone."""
    best_of_zone: dict[SeatId, tuple[float, int, Block]] = {}
    costs = [(quality(unit), n, unit) for n, unit in enumerate(units)]
    for entry in costs:
        zone = entry[2][0].zone
        if zone not in best_of_zone or entry < best_of_zone[zone]:
            best_of_zone[zone] = entry
    chosen = {entry[1]: entry for entry in [*heapq.nsmallest(CLUSTER_SEEDS, costs), *best_of_zone.values()]}
    return [unit for _cost, _n, unit in chosen.values()]


def _units(wanted: Sequence[SeatSpot], wish: _Wish) -> list[Block]:
    """What is sold in one piece: single seats, whole sofas, wheelchair places, these with companions."""
    pairs: dict[str, Block] = {}
    units: list[Block] = []
    for seat in wanted:
        if seat.pair:
            pairs.setdefault(seat.pair, []).append(seat)
        else:
            units.append([seat])
    whole = _Wish(wish.count, 0, wish.step_free)
    for group in pairs.values():
        if whole.accepts(group):
            units.append(sorted(group, key=lambda seat: seat.seat_type != WHEELCHAIR))
    return units


def _gathered(seed: Block, units: Sequence[Block], wish: _Wish) -> tuple[Block, float]:
    """`count` seats around the seed within its zone, and the sum of their distances; or nothing."""
    x, y, zone = seed[0].x, seed[0].y, seed[0].zone

    def distance(unit: Block) -> float:
        return (unit[0].x - x) ** 2 + (unit[0].y - y) ** 2 + (TAKES_WHEELCHAIR_PLACE if unit[0].accessible else 0)

    near = heapq.nsmallest(4 * wish.count + 8, (unit for unit in units if unit[0].zone == zone), key=distance)
    group: Block = []
    places, spread = 0, 0.0
    for unit in sorted(near, key=lambda unit: unit[0].seat_type != WHEELCHAIR if wish.wheelchairs else False):
        is_place = unit[0].seat_type == WHEELCHAIR
        part = unit[: wish.count - len(group)] if is_place else unit
        if (
            not part
            or len(part) > wish.count - len(group)
            or (is_place and wish.wheelchairs and places >= wish.wheelchairs)
        ):
            continue
        group += part
        places += is_place
        spread += distance(unit) ** 0.5
    complete = len(group) == wish.count and (not wish.wheelchairs or places == wish.wheelchairs)
    return (group, spread) if complete else ([], 0.0)
