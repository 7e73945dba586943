"""From the rows of one zone, in their short form, to single seats."""

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from core.catalog.seatmap.numbering import ranges, row_labels, seat_numbers
from core.catalog.seatmap.placing import Standpoint, fanned, in_sectors, sector_counts, straight, turned
from core.catalog.seatmap.plan import MOST_PLACES, STANDARD
from core.catalog.seatmap.refusal import Findings

ROW_GAP = 1.25
_EITHER_OR = ({"count", "counts"}, {"label", "labels"})
_NOT_AS_DEFAULT = ("label", "labels", "y", "radius", "rank", "gap")
_ONLY_WITHOUT_SEATS = (
    "labels", "count", "counts", "grow", "start", "numbering", "aisles", "aisle_width", "spacing", "align",
    "x", "y", "gap", "curve", "radius", "angle", "missing",
)  # fmt: skip


@dataclass(slots=True)
class Draft:
    """A seat on its way into the plan, with the place in the document that it came from."""

    place: str
    zone: int
    row_label: str
    seat_number: str
    seat_type: str
    x: float
    y: float
    rotation: float
    restricted_view: bool
    step_free: bool
    pair: str
    block: tuple[object, ...]
    rank: int | None


@dataclass(slots=True)
class _Line:
    """One row to be drawn: what the document says of it, and how far from the origin it stands."""

    row: dict[str, Any]
    place: str
    label: str
    step: int = 0
    distance: float = 0.0
    fan: bool = False


class ZoneReader:
    """Expands the rows of one zone; `room_for` is how many places the plan may still take."""

    def __init__(self, zone: dict[str, Any], index: int, findings: Findings, room_for: int) -> None:
        self.zone, self.index, self.findings = zone, index, findings
        self.room_for = room_for
        self.drafts: list[Draft] = []
        self._distance: float | None = None
        self._fan = "sectors" in zone

    def read(self) -> list[Draft]:
        """All seats of the zone in the order of the document; faults go to the findings."""
        for name in _NOT_AS_DEFAULT:
            if name in self.zone.get("defaults", {}):
                place = f"zones[{self.index}].defaults.{name}"
                self.findings.add(place, _("This belongs to a single row, not to the defaults."))
        for number, written in enumerate(self.zone.get("rows", [])):
            place = f"zones[{self.index}].rows[{number}]"
            row = self._with_defaults(written)
            if isinstance(row.get("seats"), list):
                self._read_explicit(row, written, place)
            else:
                for line in self._lines(row, place):
                    self._read_line(line)
            if self.room_for < 0:
                self.findings.add(place, _("More than %(limit)d places in one plan.") % {"limit": MOST_PLACES})
                break
        return self.drafts

    def _with_defaults(self, written: dict[str, Any]) -> dict[str, Any]:
        hidden = {name for pair in _EITHER_OR if pair & written.keys() for name in pair}
        if isinstance(written.get("seats"), list):
            hidden.update(_ONLY_WITHOUT_SEATS)
        defaults = self.zone.get("defaults", {})
        return {**{key: value for key, value in defaults.items() if key not in hidden}, **written}

    def _read_explicit(self, row: dict[str, Any], written: dict[str, Any], place: str) -> None:
        for name in _ONLY_WITHOUT_SEATS:
            if name in written:
                self.findings.add(f"{place}.{name}", _("Where seats are listed one by one this has no meaning."))
        if "label" not in row:
            self.findings.add(place, _("The field “%(key)s” is missing.") % {"key": "label"})
            return
        self.room_for -= len(row["seats"])
        if self.room_for < 0:
            return
        line = _Line(row, place, row["label"])
        for n, seat in enumerate(row["seats"]):
            spot = Standpoint(seat["x"], seat["y"], seat.get("rotation", 0), seat.get("block", 0))
            self._add(line, f"{place}.seats[{n}]", seat["number"], spot, (spot.block,), seat)

    def _lines(self, row: dict[str, Any], place: str) -> Iterator[_Line]:
        if ("label" in row) == ("labels" in row):
            self.findings.add(place, _("A row needs either “label” or “labels”."))
            return
        if "sectors" not in self.zone:
            self._fan = "radius" in row or (self._fan and "y" not in row)
        if self._fan and "radius" not in row and self._distance is None:
            self.findings.add(place, _("The first row of a fan needs a “radius”."))
            return
        labels = row_labels(row["labels"]) if "labels" in row else [row["label"]]
        for step, label in enumerate(labels):
            where = f"{place}.labels[{step}]" if "labels" in row else place
            self._distance = self._next_distance(row, step)
            yield _Line(row, where, label, step, self._distance, self._fan)

    def _next_distance(self, row: dict[str, Any], step: int) -> float:
        written = row.get("radius" if self._fan else "y")
        if step == 0 and written is not None:
            return float(written)
        gap = float(self.zone.get("row_gap", ROW_GAP)) + (row.get("gap", 0) if step == 0 else 0)
        return gap + self._distance if self._distance is not None else float(row.get("gap", 0))

    def _read_line(self, line: _Line) -> None:
        spots = self._spots(line)
        if not spots:
            return
        row = line.row
        numbers = seat_numbers(row.get("numbering", "ascending"), row.get("start", 1), len(spots))
        missing = self._named(row.get("missing"), numbers, f"{line.place}.missing")
        changes: dict[int, dict[str, Any]] = {}
        for written, change in row.get("seats", {}).items():
            for number in self._named(written, numbers, f'{line.place}.seats["{written}"]'):
                changes[number] = {**changes.get(number, {}), **change}
        run = 0
        for n, (number, spot) in enumerate(zip(numbers, spots, strict=True)):
            if number in missing:
                run += 1
                continue
            change = changes.get(number, {})
            self._add(line, f"{line.place}.seats[{n}]", str(number), spot, (line.place, spot.block, run), change)

    def _spots(self, line: _Line) -> list[Standpoint]:
        row, sectors = line.row, self.zone.get("sectors")
        counts = self._counts(line)
        self.room_for -= sum(counts)
        if self.room_for < 0:
            return []
        if sectors:
            return in_sectors(row, counts, line.distance, sectors) if counts else []
        if line.fan:
            return fanned(row, counts, line.distance)
        return straight(row, counts, line.distance)

    def _counts(self, line: _Line) -> list[int]:
        """Seats per block of this row, as written, as split by the aisles, or as fit into the sectors."""
        row, sectors = line.row, self.zone.get("sectors")
        if "count" in row and "counts" in row:
            self.findings.add(line.place, _("A row has either “count” or “counts”."))
            return []
        if sectors and "count" not in row and "counts" not in row:
            return sector_counts(row, line.distance, sectors)
        if "count" not in row and "counts" not in row:
            self.findings.add(line.place, _("A row needs “count”, “counts” or a list of seats."))
            return []
        counts = list(row["counts"]) if "counts" in row else [row["count"]]
        counts = self._grown(counts, line)
        if "aisles" in row:
            return self._split(counts, line)
        if sectors and len(counts) != len(sectors):
            self.findings.add(
                line.place, _("There must be one count for each of the %(n)d sectors.") % {"n": len(sectors)}
            )
            return []
        return counts if sectors else [count for count in counts if count]

    def _grown(self, counts: list[int], line: _Line) -> list[int]:
        grow = line.row.get("grow", 0)
        steps = grow if isinstance(grow, list) else [grow] * len(counts)
        if len(steps) != len(counts):
            self.findings.add(f"{line.place}.grow", _("There must be one number for each block of the row."))
            return counts
        return [max(0, count + line.step * step) for count, step in zip(counts, steps, strict=True)]

    def _split(self, counts: list[int], line: _Line) -> list[int]:
        cuts = sorted(set(line.row["aisles"]))
        if len(counts) != 1 or "sectors" in self.zone:
            self.findings.add(f"{line.place}.aisles", _("“aisles” belong to a row with a single “count”."))
            return []
        if cuts and cuts[-1] >= counts[0]:
            self.findings.add(
                f"{line.place}.aisles", _("There is no seat beyond the aisle after seat %(n)d.") % {"n": cuts[-1]}
            )
            return []
        edges = [0, *cuts, counts[0]]
        return [end - start for start, end in itertools.pairwise(edges)]

    def _named(self, written: str | None, numbers: list[int], place: str) -> set[int]:
        """The seats that a text such as "1-4,9" names; each part must name one at least."""
        named: set[int] = set()
        for part in ranges(written) if written else []:
            hits = {number for number in numbers if number in part}
            if not hits:
                shown = str(part[0]) if len(part) == 1 else f"{part.start}-{part.stop - 1}"
                self.findings.add(place, _("The row has no seat %(seat)s.") % {"seat": shown})
            named |= hits
        return named

    def _add(
        self, line: _Line, place: str, number: str, spot: Standpoint, block: tuple[object, ...], change: dict[str, Any]
    ) -> None:
        row, zone = line.row, self.zone
        rotation = zone.get("rotation", 0)
        x, y = turned((spot.x + change.get("dx", 0), spot.y + change.get("dy", 0)), rotation)
        self.drafts.append(
            Draft(
                place=place,
                zone=self.index,
                row_label=line.label,
                seat_number=change.get("number", number),
                seat_type=change.get("type", row.get("type", STANDARD)),
                x=x + zone.get("x", 0),
                y=y + zone.get("y", 0),
                rotation=change.get("rotation", spot.rotation) + rotation,
                restricted_view=change.get("restricted_view", row.get("restricted_view", False)),
                step_free=change.get("step_free", row.get("step_free", False)),
                pair=change.get("pair", ""),
                block=block,
                rank=row.get("rank"),
            )
        )
