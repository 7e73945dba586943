"""What seats have to do with each other: blocks between aisles, pairs, and which rows are better."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from django.utils.translation import gettext as _

from core.catalog.seatmap.plan import COMPANION, SCREEN, SOFA, WHEELCHAIR, FocusPlan, SeatPlan
from core.catalog.seatmap.refusal import Findings
from core.catalog.seatmap.rows import Draft

BEST_DEPTH_OF_A_CINEMA = 0.6

PlacedSeat = tuple[SeatPlan, str]
_Row = list[Draft]


def join_rows(
    drafts: Sequence[Draft], zone_names: Sequence[str], focus: FocusPlan, findings: Findings
) -> list[PlacedSeat]:
    """Seats row by row, each with its place in the document, knowing neighbours, pair and rank."""
    rows: dict[tuple[int, str], _Row] = {}
    for draft in drafts:
        rows.setdefault((draft.zone, draft.row_label), []).append(draft)
    ranks = _ranks(rows, focus, findings)
    ordered = sorted(rows, key=lambda key: key[0])
    return [seat for key in ordered for seat in _seats_of(rows[key], zone_names[key[0]], ranks[key])]


def _seats_of(row: _Row, zone_name: str, rank: int) -> list[PlacedSeat]:
    blocks = _blocks(row)
    pairs = _pairs(row, blocks)
    return [(_seat(draft, zone_name, pairs[n], blocks[n], n, rank), draft.place) for n, draft in enumerate(row)]


def _seat(draft: Draft, zone_name: str, pair: str, block: int, order: int, rank: int) -> SeatPlan:
    return SeatPlan(
        zone=zone_name,
        row_label=draft.row_label,
        seat_number=draft.seat_number,
        seat_type=draft.seat_type,
        x=round(draft.x, 3),
        y=round(draft.y, 3),
        rotation=_degrees(draft.rotation),
        restricted_view=draft.restricted_view,
        step_free=draft.step_free,
        pair=pair,
        block=block,
        order_in_row=order,
        row_rank=rank,
    )


def moved(seat: SeatPlan, dx: float, dy: float) -> SeatPlan:
    """The same seat elsewhere."""
    return replace(seat, x=round(seat.x + dx, 3), y=round(seat.y + dy, 3)) if dx or dy else seat


def _degrees(rotation: float) -> float:
    """Between -180 and 180, to a tenth; adding 0.0 turns -0.0 into 0.0."""
    turned = round(rotation % 360, 1)
    return round(turned - 360, 1) if turned > 180 else turned + 0.0


def _blocks(row: _Row) -> list[int]:
    """0, 1, 2 ... along the row; each aisle or gap begins a new one."""
    return [number for number, (_key, run) in enumerate(groupby(row, key=lambda draft: draft.block)) for _draft in run]


def _pairs(row: _Row, blocks: list[int]) -> list[str]:
    """Pair keys as written; sofas not yet paired are joined two by two, companions to a neighbour."""
    pairs = [draft.pair for draft in row]
    n = 0
    while n + 1 < len(row):
        here, there = row[n], row[n + 1]
        both_free = not pairs[n] and not pairs[n + 1]
        if here.seat_type == there.seat_type == SOFA and both_free and blocks[n] == blocks[n + 1]:
            pairs[n] = pairs[n + 1] = _pair_key(here)
            n += 1
        n += 1
    for share in (False, True):
        for n, draft in enumerate(row):
            if draft.seat_type == COMPANION and not pairs[n]:
                _join_companion(row, blocks, pairs, n, share=share)
    return pairs


def _join_companion(row: _Row, blocks: list[int], pairs: list[str], n: int, *, share: bool) -> None:
    """First companions take a wheelchair neighbour of their own; then they may share one."""
    for other in (n - 1, n + 1):
        beside = 0 <= other < len(row) and blocks[other] == blocks[n]
        if beside and row[other].seat_type == WHEELCHAIR and (share or not pairs[other]):
            pairs[other] = pairs[other] or _pair_key(row[other])
            pairs[n] = pairs[other]
            return


def _pair_key(draft: Draft) -> str:
    return f"{draft.zone}-{draft.row_label}-{draft.seat_number}"


def _ranks(rows: dict[tuple[int, str], _Row], focus: FocusPlan, findings: Findings) -> dict[tuple[int, str], int]:
    """Ranks as written; the other rows are ranked zone by zone: at a stage from the front, in a
    cinema from the rows a little behind the middle."""
    by_zone: dict[int, list[tuple[float, str]]] = defaultdict(list)
    for (zone, label), row in rows.items():
        by_zone[zone].append((_distance(row, focus), label))
    order: list[tuple[int, str]] = []
    for zone in sorted(by_zone):
        distances = [distance for distance, _label in by_zone[zone]]
        ideal = min(distances)
        if focus.kind == SCREEN:
            ideal += (max(distances) - ideal) * BEST_DEPTH_OF_A_CINEMA
        ranked = sorted(by_zone[zone], key=lambda entry: round(abs(entry[0] - ideal), 3))
        order.extend((zone, label) for _distance_, label in ranked)
    ranks = {key: rank for rank, key in enumerate(order)}
    for key, row in rows.items():
        ranks[key] = _written_rank(row, findings, ranks[key])
    return ranks


def _written_rank(row: Iterable[Draft], findings: Findings, otherwise: int) -> int:
    first: int | None = None
    for draft in row:
        if draft.rank is None or draft.rank == first:
            continue
        if first is not None:
            findings.add(draft.place, _("Row %(row)s has two different ranks.") % {"row": draft.row_label})
            break
        first = draft.rank
    return otherwise if first is None else first


def _distance(row: _Row, focus: FocusPlan) -> float:
    x = sum(draft.x for draft in row) / len(row)
    y = sum(draft.y for draft in row) / len(row)
    return float(((x - focus.x) ** 2 + (y - focus.y) ** 2) ** 0.5)
