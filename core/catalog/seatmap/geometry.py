"""Draws a seat map: the stylesheet that puts each seat in its place, and a small outline.

Seats are placed in percent of a plane whose size is `--u` (the length of one unit) times the size of the
plan, so that one custom property zooms the whole room, and a rule stays about forty bytes long.
"""

import math
import re
from collections.abc import Iterable
from html import escape
from itertools import groupby

from core.catalog.seatmap.plan import MARGIN, STAGE, FocusPlan, MarkPlan, Point, SeatMapPlan, SeatPlan, ZonePlan

Placed = tuple[int | str, float, float, float]
_SAFE_ID = re.compile(r"[A-Za-z0-9_-]+\Z")
_SAFE_LENGTH = re.compile(r"\d+(\.\d+)?(px|rem|em|vw|vh|vmin|cqi|cqw)\Z")


def css(
    seats: Iterable[Placed],
    *,
    width: float,
    height: float,
    scale: str = "2rem",
    plane: str = "seats",
    prefix: str = "s",
) -> str:
    """A stylesheet for (id, x, y, rotation) tuples: `#<prefix><id>` gets left and top, which are the
    middle of the seat, and its rotation. `#<plane>` gets the size, also as `--w` and `--h` for the theme to fit it
    to the screen; `scale` is one unit unless `--u` says else."""
    if not _SAFE_LENGTH.match(scale) or not _SAFE_ID.match(plane) or not _SAFE_ID.match(prefix):
        raise ValueError("scale must be a CSS length, plane and prefix must be plain names")
    rules = [
        f"#{plane}{{--w:{_short(width)};--h:{_short(height)};position:relative;width:calc(var(--u,{scale})*{_short(width)});"
        f"height:calc(var(--u,{scale})*{_short(height)})}}",
        f"#{plane}>*{{position:absolute;translate:-50% -50%}}",
    ]
    for seat_id, x, y, rotation in seats:
        if not _SAFE_ID.match(str(seat_id)):
            raise ValueError(f"{seat_id!r} cannot be part of a selector")
        turn = f";rotate:{_short(rotation)}deg" if rotation else ""
        left, top = _short(100 * x / width), _short(100 * y / height)
        rules.append(f"#{prefix}{seat_id}{{left:{left}%;top:{top}%{turn}}}")
    return "\n".join(rules) + "\n"


def bounds(seats: Iterable[Placed], *, margin: float = MARGIN) -> tuple[float, float, float, float]:
    """(left, top, width, height) around seats given as (id, x, y, rotation), for example one zone's."""
    spots = [(x, y) for _id, x, y, _rotation in seats]
    if not spots:
        return 0.0, 0.0, 0.0, 0.0
    xs, ys = [x for x, _y in spots], [y for _x, y in spots]
    left, top = min(xs) - 0.5 - margin, min(ys) - 0.5 - margin
    right, bottom = max(xs) + 0.5 + margin, max(ys) + 0.5 + margin
    return round(left, 3), round(top, 3), round(right - left, 3), round(bottom - top, 3)


def row_ends(seats: Iterable[SeatPlan], *, beyond: float = 0.9) -> list[tuple[str, str, float, float]]:
    """Where to write row labels: (zone, row_label, x, y) in front of the first and behind the last seat of
    each row, in the direction in which the row runs there."""
    ends = []
    for (zone, label), row in groupby(seats, key=lambda seat: (seat.zone, seat.row_label)):
        listed = list(row)
        for seat, away in ((listed[0], -beyond), (listed[-1], beyond)):
            angle = math.radians(seat.rotation)
            ends.append(
                (zone, label, round(seat.x + away * math.cos(angle), 3), round(seat.y + away * math.sin(angle), 3))
            )
    return ends


def outline(plan: SeatMapPlan, *, title: str = "") -> str:
    """A small SVG of the room for thumbnails and minimaps: a stroke for each block of seats, the
    outlines of standing areas, the stage or screen. It inherits its colour; parts carry classes."""
    named = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_short(plan.width)} {_short(plan.height)}" {named}>',
        _focus(plan.focus),
        *(_area(zone) for zone in plan.zones if zone.shape),
        *(_mark(mark) for mark in plan.marks if mark.shape),
        '<g fill="none" stroke="currentColor" stroke-width=".8" stroke-linecap="round" stroke-linejoin="round">',
        *_strokes(plan.seats),
        "</g></svg>",
    ]
    return "".join(parts)


def focus_path(focus: FocusPlan) -> str:
    """The SVG path of the stage or screen; its edge towards the audience bows out by `bulge`."""
    left, right = focus.x - focus.width / 2, focus.x + focus.width / 2
    back, front, bow = focus.y - focus.depth, focus.y, focus.y + 2 * focus.bulge
    if focus.kind == STAGE:
        return f"M{_pair(left, back)}H{_short(right)}L{_pair(right, front)}Q{_pair(focus.x, bow)} {_pair(left, front)}Z"
    return (
        f"M{_pair(left, back)}Q{_pair(focus.x, back + 2 * focus.bulge)} {_pair(right, back)}"
        f"V{_short(front)}Q{_pair(focus.x, bow)} {_pair(left, front)}Z"
    )


def shape_path(shape: Iterable[Point]) -> str:
    """The SVG path of a closed outline."""
    return "M" + "L".join(_pair(x, y) for x, y in shape) + "Z"


def _focus(focus: FocusPlan) -> str:
    return f'<path class="focus {focus.kind}" fill="currentColor" d="{focus_path(focus)}"/>'


def _area(zone: ZonePlan) -> str:
    return f'<path class="standing" fill="currentColor" fill-opacity=".35" d="{shape_path(zone.shape)}"/>'


def _mark(mark: MarkPlan) -> str:
    return f'<path class="mark" fill="currentColor" fill-opacity=".15" d="{shape_path(mark.shape)}"/>'


def _strokes(seats: Iterable[SeatPlan]) -> Iterable[str]:
    for _key, block in groupby(seats, key=lambda seat: (seat.zone, seat.row_label, seat.block)):
        points = [(seat.x, seat.y) for seat in block]
        # A path of no length is drawn as a dot by its round ends.
        line = "L".join(_pair(x, y) for x, y in (points if len(points) > 1 else points * 2))
        yield f'<path d="M{line}"/>'


def _pair(x: float, y: float) -> str:
    return f"{_short(x)} {_short(y)}"


def _short(number: float) -> str:
    """As few characters as carry a hundredth."""
    text = f"{number:.2f}".rstrip("0").rstrip(".")
    text = "0" if text in ("-0", "") else text
    return text.replace("0.", ".", 1) if text.startswith(("0.", "-0.")) else text
