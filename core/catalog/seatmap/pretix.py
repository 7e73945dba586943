"""Reads the seating plans that pretix publishes and edits, by turning them into our own format.

Positions there are pixels and relative: a seat's to its row, a row's to its zone. The usual distance
between neighbours becomes our unit. What the plan says and we do not know is refused, not dropped.
"""

import json
import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from jsonschema import Draft202012Validator

from core.catalog.seatmap.format import FORMAT, load
from core.catalog.seatmap.plan import COMPANION, PREMIUM, SCREEN, SOFA, STAGE, STANDARD, WHEELCHAIR, Point, SeatMapPlan
from core.catalog.seatmap.pretix_areas import Shape, shape_of
from core.catalog.seatmap.refusal import Findings, Problem, SeatMapRefused
from core.catalog.seatmap.schema import check_against_schema, read_json

USUAL_PIXELS = 25.0
BREADTH_OF_AN_AISLE = 1.5
_LONGEST = {"name": 60, "label": 10, "number": 10}
_VALIDATOR = Draft202012Validator(
    json.loads(Path(__file__).with_name("pretix_schema.json").read_text(encoding="utf-8"))
)
_TYPES = (
    (WHEELCHAIR, re.compile(r"wheel ?chair|rollstuhl|rolli\b|fauteuil roulant|sedia a rotelle", re.IGNORECASE)),
    (COMPANION, re.compile(r"companion|carer|begleit|accompagn", re.IGNORECASE)),
    (SOFA, re.compile(r"sofa|couch|love ?seat|kuschel", re.IGNORECASE)),
    (PREMIUM, re.compile(r"premium|\bvip\b|recliner|deluxe", re.IGNORECASE)),
)
_FOCUS = (
    (SCREEN, re.compile(r"\b(screen|leinwand|écran|schermo)\b", re.IGNORECASE)),
    (STAGE, re.compile(r"\b(stage|bühne|scène|palco|podium)\b", re.IGNORECASE)),
)
_ZONE = re.compile(r"zones\[(\d+)\]")


def load_pretix(document: dict[str, Any] | str | bytes) -> SeatMapPlan:
    """Read a pretix plan. Raises SeatMapRefused with places as they are in that document."""
    data = read_json(document)
    converted = convert(data)
    with_rows = [index for index, zone in enumerate(data["zones"]) if zone["rows"]]
    try:
        return load(converted)
    except SeatMapRefused as refused:

        def theirs(text: str) -> str:
            return _ZONE.sub(lambda match: f"zones[{with_rows[int(match[1])]}]", text)

        problems = [Problem(theirs(_their_words(place)), theirs(reason)) for place, reason in refused.problems]
        raise SeatMapRefused(problems) from refused


def convert(data: Any) -> dict[str, Any]:
    """Turn a parsed pretix plan into a document of our own format."""
    check_against_schema(data, _VALIDATOR)
    findings = Findings()
    _check_names(data, findings)
    findings.refuse_if_any()
    scale = 1 / _pitch(data)
    shapes = [shape for zone in data["zones"] for shape in _shapes(zone, scale)]
    zones = _zones(data, scale)
    focus, marks = _focus_and_marks(shapes, zones)
    document = {"format": FORMAT, "name": data["name"].strip()[:60], "focus": focus, "zones": zones}
    return document | ({"marks": marks} if marks else {})


def _their_words(place: str) -> str:
    return place.replace("].label", "].row_number").replace("].number", "].seat_number")


def seat_type_of(category: str) -> str:
    """The type that the name of a category plainly says, else standard."""
    return next((kind for kind, words in _TYPES if words.search(category)), STANDARD)


def _check_names(data: dict[str, Any], findings: Findings) -> None:
    categories = {category["name"] for category in data["categories"]}
    guids: dict[str, str] = {}
    for place, row in _rows(data):
        _check_text(row["row_number"], f"{place}.row_number", "label", findings)
        for n, seat in enumerate(row["seats"]):
            where = f"{place}.seats[{n}]"
            _check_text(seat["seat_number"], f"{where}.seat_number", "number", findings)
            if seat["category"] not in categories:
                reason = _("The plan has no category “%(name)s”.") % {"name": seat["category"]}
                findings.add(f"{where}.category", reason)
            guid = seat["seat_guid"]
            if guid in guids:
                reason = _("Duplicate seat: “%(guid)s” stands at %(place)s already.")
                findings.add(f"{where}.seat_guid", reason % {"guid": guid, "place": guids[guid]})
            guids.setdefault(guid, where)


def _check_text(text: str, place: str, kind: str, findings: Findings) -> None:
    if not text.strip():
        findings.add(place, _("This may not be empty."))
    elif len(text.strip()) > _LONGEST[kind]:
        findings.add(place, _("This is too long. The most is %(limit)s characters.") % {"limit": _LONGEST[kind]})


def _rows(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for z, zone in enumerate(data["zones"]):
        for r, row in enumerate(zone["rows"]):
            yield f"zones[{z}].rows[{r}]", row


def _pitch(data: dict[str, Any]) -> float:
    """How many pixels lie between neighbours: a low share of all distances, so that aisles do not count."""
    steps = sorted(step for _place, row in _rows(data) for step in _steps(row) if step > 0)
    return steps[len(steps) // 4] if steps else USUAL_PIXELS


def _steps(row: dict[str, Any]) -> list[float]:
    spots = [(seat["position"]["x"], seat["position"]["y"]) for seat in row["seats"]]
    return [math.dist(spots[n], spots[n + 1]) for n in range(len(spots) - 1)]


def _zones(data: dict[str, Any], scale: float) -> list[dict[str, Any]]:
    taken: set[str] = set()
    zones = []
    for number, zone in enumerate(data["zones"], start=1):
        if not zone["rows"]:
            continue
        label = (zone.get("name") or zone.get("zone_id") or "").strip()[:60].strip() or _("Zone %(n)d") % {"n": number}
        name = label if label not in taken else f"{label[:55]} ({number})"
        taken.add(name)
        rows = [_row(row, zone["position"], scale) for row in zone["rows"]]
        zones.append({"name": name, "label": label, "rows": rows})
    return zones


def _row(row: dict[str, Any], origin: dict[str, Any], scale: float) -> dict[str, Any]:
    at = row.get("position", {"x": 0, "y": 0})
    block, seats = 0, []
    for seat, step in zip(row["seats"], [0.0, *_steps(row)], strict=True):
        block += step * scale > BREADTH_OF_AN_AISLE
        spot = seat["position"]
        seats.append(
            {
                "number": seat["seat_number"].strip(),
                "x": round((origin["x"] + at["x"] + spot["x"]) * scale, 3),
                "y": round((origin["y"] + at["y"] + spot["y"]) * scale, 3),
                "type": seat_type_of(seat["category"]),
                "block": block,
            }
        )
    return {"label": row["row_number"].strip(), "seats": seats}


def _shapes(zone: dict[str, Any], scale: float) -> Iterator[Shape]:
    origin = zone["position"]
    for area in zone.get("areas", []):
        yield shape_of(area, (origin["x"], origin["y"]), scale)


def _focus_and_marks(shapes: list[Shape], zones: list[dict[str, Any]]) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The first shape that is called a stage or screen is what people look at; without one a stage is put
    above the seats. All others are drawn for orientation, and so is a stage that reaches around seats."""
    focus: dict[str, Any] | None = None
    marks: list[dict[str, Any]] = []
    spots = _spots(zones)
    for shape in shapes:
        kind = next((kind for kind, words in _FOCUS if words.search(shape.text)), None)
        if focus is None and kind:
            focus = _focus(kind, shape)
            if not _has_seats_on_it(focus, spots):
                continue
            focus |= {"depth": 0, "label": ""}
        if shape.outline or shape.text:
            marks.append(_mark(shape))
    return focus or _stage_above(spots), marks


def _focus(kind: str, shape: Shape) -> dict[str, Any]:
    focus: dict[str, Any] = {"kind": kind, "label": shape.text[:60], "x": shape.text_at[0], "y": shape.text_at[1]}
    if shape.outline:
        xs, ys = [x for x, _y in shape.outline], [y for _x, y in shape.outline]
        focus |= {"x": (min(xs) + max(xs)) / 2, "y": max(ys), "width": max(xs) - min(xs), "depth": max(ys) - min(ys)}
        return focus
    return focus | {"width": 0, "depth": 0}


def _has_seats_on_it(focus: dict[str, Any], spots: list[Point]) -> bool:
    half, back = focus["width"] / 2, focus["y"] - focus["depth"]
    return any(abs(x - focus["x"]) < half and back < y < focus["y"] for x, y in spots)


def _mark(shape: Shape) -> dict[str, Any]:
    mark: dict[str, Any] = {"label": shape.text[:60]}
    if shape.outline:
        mark["polygon"] = [list(point) for point in shape.outline]
    if shape.text:
        mark["label_at"] = list(shape.text_at)
    return mark


def _spots(zones: list[dict[str, Any]]) -> list[Point]:
    return [(seat["x"], seat["y"]) for zone in zones for row in zone["rows"] for seat in row["seats"]]


def _stage_above(spots: list[Point]) -> dict[str, Any]:
    if not spots:
        return {"kind": STAGE}
    xs = [x for x, _y in spots]
    return {"kind": STAGE, "x": (min(xs) + max(xs)) / 2, "y": min(y for _x, y in spots) - 3}
