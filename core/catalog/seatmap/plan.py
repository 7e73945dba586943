"""What a seat map says once it is read: every seat and standing area with its place in the room.

One unit is the distance from the middle of a standard seat to the middle of its neighbour. x grows to
the right, y grows away from the top edge; the plan begins at (0, 0) and ends at (width, height). A
rotation of 0 looks towards the top edge, positive degrees turn clockwise, as in CSS.
"""

from dataclasses import dataclass

STANDARD = "standard"
PREMIUM = "premium"
SOFA = "sofa"
WHEELCHAIR = "wheelchair"
COMPANION = "companion"
SEAT_TYPES = (STANDARD, PREMIUM, SOFA, WHEELCHAIR, COMPANION)

SEATED = "seated"
STANDING = "standing"

STAGE = "stage"
SCREEN = "screen"

MOST_PLACES = 60_000
LEAST_DISTANCE = 0.7
MARGIN = 1.0

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class FocusPlan:
    """What everybody looks at. (x, y) is the middle of its edge towards the audience."""

    kind: str
    label: str
    x: float
    y: float
    width: float
    depth: float
    bulge: float


@dataclass(frozen=True, slots=True)
class ZonePlan:
    """A part of the room. `shape` is the outline of a standing area, and empty for a seated zone."""

    name: str
    label: str
    kind: str
    capacity: int
    label_x: float
    label_y: float
    shape: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SeatPlan:
    """One seat. Neighbours without an aisle or a gap between them share row and `block`, and are
    next to each other in `order_in_row`. `pair` joins the halves of a sofa, and companions to their
    wheelchair place; it is empty for everybody else. A smaller `row_rank` is a better row."""

    zone: str
    row_label: str
    seat_number: str
    seat_type: str
    x: float
    y: float
    rotation: float
    restricted_view: bool
    step_free: bool
    pair: str
    block: int
    order_in_row: int
    row_rank: int


@dataclass(frozen=True, slots=True)
class MarkPlan:
    """Something drawn for orientation only, such as a bar or a pillar."""

    label: str
    label_x: float
    label_y: float
    shape: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class SeatMapPlan:
    """A whole room: zones in the order of the document, seats zone by zone and row by row."""

    name: str
    focus: FocusPlan
    zones: tuple[ZonePlan, ...]
    seats: tuple[SeatPlan, ...]
    marks: tuple[MarkPlan, ...]
    width: float
    height: float

    @property
    def standing_capacity(self) -> int:
        """How many people may stand."""
        return sum(zone.capacity for zone in self.zones)

    @property
    def capacity(self) -> int:
        """How many people the room takes, seated and standing."""
        return len(self.seats) + self.standing_capacity
