"""The shapes that pretix draws beside the seats, as outlines in our units."""

import math
from typing import Any, NamedTuple

from core.catalog.seatmap.placing import turned
from core.catalog.seatmap.plan import Point

CORNERS_OF_A_CIRCLE = 24
MOST_CORNERS = 40


class Shape(NamedTuple):
    """An outline with its words; a bare text has no outline."""

    text: str
    text_at: Point
    outline: tuple[Point, ...]


def shape_of(area: dict[str, Any], origin: Point, scale: float) -> Shape:
    """Read one area. Its rotation turns it around its own position."""
    left, top = origin[0] + area["position"]["x"], origin[1] + area["position"]["y"]
    rotation = area.get("rotation", 0)

    def placed(point: Point) -> Point:
        x, y = turned(point, rotation)
        return round((left + x) * scale, 3), round((top + y) * scale, 3)

    words = area.get("text") or {}
    at = words.get("position", {"x": 0, "y": 0})
    corners = _corners(area)
    outline = tuple(placed(corner) for corner in corners) if len(corners) > 2 else ()
    return Shape(str(words.get("text", "")).strip(), placed((at["x"], at["y"])), outline)


def _corners(area: dict[str, Any]) -> list[Point]:
    kind = area.get("shape", "")
    form = area.get(kind) or {}
    if kind == "polygon":
        points = [(point["x"], point["y"]) for point in form.get("points", [])]
        return points[:: max(1, math.ceil(len(points) / MOST_CORNERS))]
    if kind == "rectangle":
        width, height = form.get("width", 0), form.get("height", 0)
        return [(0, 0), (width, 0), (width, height), (0, height)] if width and height else []
    if kind == "circle":
        return _round(form.get("radius", 0), form.get("radius", 0))
    if kind == "ellipse":
        radius = form.get("radius", {"x": 0, "y": 0})
        return _round(radius["x"], radius["y"])
    return []


def _round(across: float, along: float) -> list[Point]:
    if across <= 0 or along <= 0:
        return []
    angles = [2 * math.pi * n / CORNERS_OF_A_CIRCLE for n in range(CORNERS_OF_A_CIRCLE)]
    return [(across * math.cos(angle), along * math.sin(angle)) for angle in angles]
