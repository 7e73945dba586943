"""Finds single seats that a choice would leave alone.

A seat is alone when it is free and nobody can take it together with a neighbour: on both sides there is
a taken seat, an aisle, a wall, or a place kept for wheelchair users.
"""

from collections.abc import Collection, Iterable, Sequence

from core.catalog.seatmap.spots import Block, SeatId, SeatSpot, blocks_of


def leaves_orphans(
    row: Sequence[SeatSpot], free_before: Collection[SeatId], chosen: Collection[SeatId]
) -> list[SeatId]:
    """The seats of one row that would be alone after `chosen` are taken, and were not before.

    The chosen seats count as free before, whether `free_before` names them or not. The answer is empty where the
    row offers nothing better: when no stretch of as many free seats side by side, anywhere in this row, could be
    taken without leaving somebody alone.
    """
    taken = set(chosen)
    free = taken.union(free_before)
    blocks = blocks_of(row)
    orphans = [seat_id for block in blocks for seat_id in _newly_alone(block, free, taken)]
    size = sum(seat.id in taken for seat in row)
    if orphans and not _has_alternative(blocks, free, size):
        return []
    return orphans


class OrphanRule:
    """The same for choices over several rows of a hall: each row in which something is chosen by itself."""

    def __init__(self, seats: Iterable[SeatSpot], free_before: Collection[SeatId]) -> None:
        self._free = free_before
        self._rows: dict[tuple[SeatId, str], list[SeatSpot]] = {}
        for seat in seats:
            self._rows.setdefault((seat.zone, seat.row_label), []).append(seat)

    def orphans(self, chosen: Iterable[SeatSpot]) -> list[SeatId]:
        """The seats that would be left alone by this choice."""
        by_row: dict[tuple[SeatId, str], set[SeatId]] = {}
        for seat in chosen:
            by_row.setdefault((seat.zone, seat.row_label), set()).add(seat.id)
        return [
            orphan for row, taken in by_row.items() for orphan in leaves_orphans(self._rows[row], self._free, taken)
        ]


def _newly_alone(block: Block, free: set[SeatId], taken: set[SeatId]) -> list[SeatId]:
    before = _alone(block, free)
    after = _alone(block, free - taken) if not taken.isdisjoint(seat.id for seat in block) else before
    return [seat_id for seat_id in after if seat_id not in before]


def _alone(block: Block, free: Collection[SeatId]) -> list[SeatId]:
    """Sofas and wheelchair places are never orphans: they are not sold to one person by chance."""
    open_ = [seat.id in free and not seat.accessible for seat in block]
    open_ = [False, *open_, False]
    return [
        seat.id
        for n, seat in enumerate(block, start=1)
        if open_[n] and not open_[n - 1] and not open_[n + 1] and not seat.bound
    ]


def _has_alternative(blocks: Iterable[Block], free: set[SeatId], size: int) -> bool:
    for block in blocks:
        for start in range(len(block) - size + 1):
            stretch = block[start : start + size]
            takeable = all(seat.id in free and not seat.accessible for seat in stretch) and _whole_sofas(stretch)
            if takeable and not _newly_alone(block, free, {seat.id for seat in stretch}):
                return True
    return False


def _whole_sofas(stretch: Sequence[SeatSpot]) -> bool:
    halves = [seat.pair for seat in stretch if seat.bound]
    return all(halves.count(pair) == 2 for pair in halves)
