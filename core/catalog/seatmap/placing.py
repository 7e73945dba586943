"""Where the seats of one row stand: straight, gently curved, or fanned out around a point.

Everything here is local to the zone: the origin is the zone's (x, y), or the middle of its fan.
"""

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

from core.catalog.seatmap.plan import Point


class Standpoint(NamedTuple):
    """One seat of a row before it has a number. `block` tells the parts between the aisles apart."""

    x: float
    y: float
    rotation: float
    block: int


def straight(row: dict[str, Any], counts: Sequence[int], y: float) -> list[Standpoint]:
    """Seats along a line at height y, or along the arc of `curve` whose ends bow towards the top."""
    offsets = _offsets(row, counts)
    width = offsets[-1][0] if offsets else 0.0
    shift = {"left": 0.0, "centre": width / 2, "right": width}[row.get("align", "centre")]
    centre, radius = row.get("x", 0), row.get("curve")
    spots = []
    for offset, block in offsets:
        along = offset - shift
        if radius is None:
            spots.append(Standpoint(centre + along, y, 0.0, block))
        else:
            turn = along / radius
            bow = radius * (1 - math.cos(turn))
            spots.append(Standpoint(centre + radius * math.sin(turn), y - bow, -math.degrees(turn), block))
    return spots


def fanned(row: dict[str, Any], counts: Sequence[int], radius: float) -> list[Standpoint]:
    """Seats on a circle around the origin, the middle of the row at `angle` (0 is straight down)."""
    offsets = _offsets(row, counts)
    middle = offsets[-1][0] / 2 if offsets else 0.0
    angle = math.radians(row.get("angle", 0))
    return [_on_circle(radius, angle + (offset - middle) / radius, block) for offset, block in offsets]


def in_sectors(
    row: dict[str, Any], counts: Sequence[int], radius: float, sectors: Sequence[Sequence[float]]
) -> list[Standpoint]:
    """Seats spread evenly over each sector, so that the aisles run radially, as wide at the back as in front."""
    half = (row.get("spacing", 1) + row.get("aisle_width", 1)) / 2 / radius
    spots = []
    for block, (count, (start, end)) in enumerate(zip(counts, sectors, strict=True)):
        first, last = math.radians(start) + half, math.radians(end) - half
        for n in range(count):
            share = n / (count - 1) if count > 1 else 0.5
            spots.append(_on_circle(radius, first + (last - first) * share, block))
    return spots


def sector_counts(row: dict[str, Any], radius: float, sectors: Sequence[Sequence[float]]) -> list[int]:
    """How many seats fit into each sector at this radius."""
    spacing, aisle = row.get("spacing", 1), row.get("aisle_width", 1)
    widths = [math.radians(end - start) * radius - aisle for start, end in sectors]
    return [max(0, int(width / spacing + 1e-6)) for width in widths]


def turned(point: Point, degrees: float) -> Point:
    """Turn a point clockwise around the origin."""
    if not degrees:
        return point
    sine, cosine = math.sin(math.radians(degrees)), math.cos(math.radians(degrees))
    x, y = point
    return x * cosine - y * sine, x * sine + y * cosine


def _on_circle(radius: float, angle: float, block: int) -> Standpoint:
    return Standpoint(radius * math.sin(angle), radius * math.cos(angle), -math.degrees(angle), block)


def _offsets(row: dict[str, Any], counts: Sequence[int]) -> list[tuple[float, int]]:
    spacing, aisle = row.get("spacing", 1), row.get("aisle_width", 1)
    offsets: list[tuple[float, int]] = []
    for block, count in enumerate(counts):
        start = offsets[-1][0] + spacing + aisle if offsets else 0.0
        offsets.extend((start + n * spacing, block) for n in range(count))
    return offsets
