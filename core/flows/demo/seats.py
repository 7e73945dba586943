"""Where people sit who come together: plain values in, groups of place ids out."""

import random
from collections.abc import Iterator, Sequence
from typing import NamedTuple

# How many come together, and how often.
_COMPANIES = ((1, 18), (2, 50), (3, 14), (4, 13), (5, 3), (6, 2))


class Spot(NamedTuple):
    """A free place. Neighbours share `row` (zone, row, block) and follow each other in `order`; x = 0 is the middle."""

    place_id: int
    zone_id: int
    seat_type: str
    row: tuple[int, str, int]
    order: int
    rank: int
    x: float
    pair: str
    label: str


Group = list[Spot]


def groups(spots: Sequence[Spot], wanted: int, dice: random.Random) -> list[Group]:
    """Companies of people who take at least `wanted` of the places together, or as many as there are.

    Sofas and wheelchair spaces go as the pairs that they are; everybody else sits side by side, rather in the middle.
    """
    pairs, singles = _pairs(spots), [spot for spot in spots if not spot.pair]
    share = wanted / len(spots) if spots else 0
    paired = sum(map(len, pairs))
    chosen = _some_pairs(pairs, round(share**1.2 * paired), dice)
    missing = wanted - sum(map(len, chosen))
    standing = any(not spot.seat_type for spot in singles)
    return chosen + (_standing if standing else _seated)(singles, missing, dice)


def together(spots: Sequence[Spot], size: int, dice: random.Random) -> Group:
    """Good seats side by side for one company; empty where there are none."""
    stretches = [run for run in _stretches([spot for spot in spots if not spot.pair]) if _fits(len(run), size)]
    return _cut(_good(stretches, dice), size)[0] if stretches else []


def _pairs(spots: Sequence[Spot]) -> list[Group]:
    found: dict[tuple[int, str], Group] = {}
    for spot in spots:
        if spot.pair:
            found.setdefault((spot.zone_id, spot.pair), []).append(spot)
    return list(found.values())


def _some_pairs(pairs: list[Group], wanted: int, dice: random.Random) -> list[Group]:
    chosen: list[Group] = []
    dice.shuffle(pairs)
    for pair in pairs:
        if wanted <= 0:
            break
        chosen.append(pair)
        wanted -= len(pair)
    return chosen


def _company(dice: random.Random, most: int) -> int:
    sizes, weights = zip(*_COMPANIES, strict=True)
    return int(min(dice.choices(sizes, weights)[0], most))


def _standing(spots: Sequence[Spot], wanted: int, dice: random.Random) -> list[Group]:
    waiting = list(spots)
    dice.shuffle(waiting)
    waiting = sorted(waiting[: max(0, wanted)], key=lambda spot: (spot.zone_id, spot.order))
    chosen = []
    while waiting:
        size = _company(dice, len(waiting))
        size = sum(1 for spot in waiting[:size] if spot.zone_id == waiting[0].zone_id)
        chosen.append(waiting[:size])
        waiting = waiting[size:]
    return chosen


def _seated(spots: Sequence[Spot], wanted: int, dice: random.Random) -> list[Group]:
    stretches = list(_stretches(spots))
    chosen: list[Group] = []
    while wanted > 0 and stretches:
        size = _company(dice, wanted)
        fitting = [stretch for stretch in stretches if _fits(len(stretch), size)]
        if not fitting:
            fitting, size = stretches, min(size, max(map(len, stretches)))
            fitting = [stretch for stretch in stretches if len(stretch) >= size]
        best = _good(fitting, dice)
        stretches.remove(best)
        group, rest = _cut(best, size)
        chosen.append(group)
        stretches += rest
        wanted -= size
    return chosen


def _good(stretches: list[Group], dice: random.Random) -> Group:
    some = dice.sample(stretches, min(9, len(stretches)))
    return min(some, key=lambda stretch: _distance(stretch) + dice.uniform(0, 7))


def _stretches(spots: Sequence[Spot]) -> Iterator[Group]:
    """Runs of free seats without anybody between them."""
    run: Group = []
    for spot in sorted(spots, key=lambda spot: (spot.row, spot.order)):
        if run and (run[-1].row != spot.row or run[-1].order + 1 != spot.order):
            yield run
            run = []
        run.append(spot)
    if run:
        yield run


def _fits(length: int, size: int) -> bool:
    """Would nobody be left with one empty seat beside them?"""
    return length == size or length >= size + 2


def _distance(stretch: Group) -> float:
    """How far the middle of these seats is from the best ones; rows are ranked, and the middle of the room is x = 0."""
    middle = stretch[len(stretch) // 2]
    return middle.rank + abs(middle.x) / 3


def _cut(stretch: Group, size: int) -> tuple[Group, list[Group]]:
    """Take `size` seats out of a stretch, nearest to the middle of the room, leaving no single seat if it can."""
    places = range(len(stretch) - size + 1)
    tidy = [n for n in places if n != 1 and len(stretch) - size - n != 1]
    start = min(tidy or places, key=lambda n: abs(stretch[n].x + stretch[n + size - 1].x))
    rest = [stretch[:start], stretch[start + size :]]
    return stretch[start : start + size], [part for part in rest if part]
