"""A seat as the choosers of seats see it: who it is, where it is, who is next to it."""

from collections.abc import Iterable
from dataclasses import dataclass

from core.catalog.seatmap.plan import COMPANION, SOFA, WHEELCHAIR

SeatId = int | str
Block = list["SeatSpot"]


@dataclass(frozen=True, slots=True)
class SeatSpot:
    """One seat, light enough to make thousands of. Fields mean what they mean in SeatPlan."""

    id: SeatId
    zone: SeatId
    row_label: str
    row_rank: int
    order_in_row: int
    block: int
    x: float
    y: float
    seat_type: str
    step_free: bool
    pair: str
    restricted_view: bool = False

    @property
    def bound(self) -> bool:
        """Whether the seat is not sold by itself."""
        return self.seat_type in (SOFA, COMPANION)

    @property
    def half_of(self) -> str:
        """What a sofa's two halves have in common, "" for any other seat."""
        return self.pair if self.seat_type == SOFA else ""

    @property
    def accessible(self) -> bool:
        """Whether the seat is kept for wheelchair users and who comes with them."""
        return self.seat_type in (WHEELCHAIR, COMPANION)


def blocks_of(seats: Iterable[SeatSpot]) -> list[Block]:
    """Seats that stand side by side with no aisle between, each list from left to right."""
    blocks: dict[tuple[SeatId, str, int], Block] = {}
    for seat in seats:
        key = (seat.zone, seat.row_label, seat.block)
        if key in blocks:
            blocks[key].append(seat)
        else:
            blocks[key] = [seat]
    for block in blocks.values():
        block.sort(key=lambda seat: seat.order_in_row)
    return list(blocks.values())
