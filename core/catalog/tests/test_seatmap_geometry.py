"""The drawing of seat maps (SE1): stylesheet, bounds, outline."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from core.catalog.seatmap.format import load
from core.catalog.seatmap.geometry import bounds, css, outline, row_ends
from core.catalog.seatmap.plan import SeatMapPlan
from core.catalog.seatmap.samples import SAMPLES, sample
from core.catalog.seatmap.schema import SCHEMA_PATH
from core.catalog.tests.seatmap_documents import room


def test_css_places_each_seat_in_percent_of_a_plane_that_one_property_zooms() -> None:
    text = css([(7, 5, 2.5, 0), ("8b", 1 / 3, 2.5, -12.5)], width=20, height=10, scale="1.5rem", plane="map")
    assert text.splitlines() == [
        "#map{--w:20;--h:10;position:relative;width:calc(var(--u,1.5rem)*20);height:calc(var(--u,1.5rem)*10)}",
        "#map>*{position:absolute;translate:-50% -50%}",
        "#s7{left:25%;top:25%}",
        "#s8b{left:1.67%;top:25%;rotate:-12.5deg}",
    ]


def test_css_stays_small_for_two_thousand_seats() -> None:
    plan = load(sample("concert_hall"))
    seats = [(10_000 + n, seat.x, seat.y, seat.rotation) for n, seat in enumerate(plan.seats)]
    assert len(css(seats, width=plan.width, height=plan.height)) < 50 * len(seats)


@pytest.mark.parametrize(
    ("seat_id", "options"),
    [("1{}", {}), ("1", {"plane": "a b"}), ("1", {"prefix": "s>"}), ("1", {"scale": "1rem;x:y"}), ("1\n", {})],
)
def test_css_refuses_what_would_not_stay_inside_its_rule(seat_id: str, options: dict[str, str]) -> None:
    with pytest.raises(ValueError, match=r"plain name|selector"):
        css([(seat_id, 1, 1, 0)], width=2, height=2, **options)


def test_bounds_enclose_seats_with_half_a_seat_and_a_margin() -> None:
    assert bounds([(1, 2, 3, 0), (2, 5, 4, 90)]) == (0.5, 1.5, 6.0, 4.0)
    assert bounds([(1, 2, 3, 0)], margin=0) == (1.5, 2.5, 1.0, 1.0)
    assert bounds([]) == (0.0, 0.0, 0.0, 0.0)


def test_row_ends_stand_beside_the_first_and_last_seat() -> None:
    plan = load(room({"label": "A", "count": 2}, rotation=90))
    first, last = plan.seats
    assert row_ends(plan.seats, beyond=1) == [
        ("hall", "A", first.x, round(first.y - 1, 3)),
        ("hall", "A", last.x, round(last.y + 1, 3)),
    ]


@pytest.mark.parametrize("name", SAMPLES)
def test_outline_is_an_svg_with_a_stroke_for_each_block(name: str) -> None:
    plan = load(sample(name))
    svg = ElementTree.fromstring(outline(plan, title='"Saal" & <more>'))  # noqa: S314
    blocks = {(seat.zone, seat.row_label, seat.block) for seat in plan.seats}
    strokes = svg.findall("{*}g/{*}path")
    assert (svg.get("aria-label"), len(strokes)) == ('"Saal" & <more>', len(blocks))
    assert "style=" not in outline(plan)


EXPECTED = {
    "studio_80": (80, {"standard": 76, "wheelchair": 2, "companion": 2}),
    "saal_300": (300, {"standard": 256, "sofa": 36, "wheelchair": 4, "companion": 4}),
    "premium_180": (180, {"premium": 176, "wheelchair": 2, "companion": 2}),
    "concert_hall": (2026, {"standard": 1714, "premium": 300, "wheelchair": 6, "companion": 6}),
    "club": (570, {}),
}


def types(plan: SeatMapPlan) -> dict[str, int]:
    kinds = [seat.seat_type for seat in plan.seats]
    return {kind: kinds.count(kind) for kind in set(kinds)}


@pytest.mark.parametrize("name", SAMPLES)
def test_samples_load_with_the_places_that_they_promise(name: str) -> None:
    plan = load(sample(name))
    assert (plan.capacity, types(plan)) == EXPECTED[name]


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "club"])
def test_samples_are_symmetrical_and_reach_wheelchair_places_without_steps(name: str) -> None:
    plan = load(sample(name))
    rows: dict[tuple[str, str], list[float]] = {}
    for seat in plan.seats:
        part = seat.zone.removesuffix("-left").removesuffix("-right")
        rows.setdefault((part, seat.row_label), []).append(seat.x - plan.focus.x)
    for row in rows.values():
        assert sorted(row) == pytest.approx(sorted(-x for x in row), abs=0.01)
    assert all(seat.step_free for seat in plan.seats if seat.seat_type in ("wheelchair", "companion"))


def test_documentation_carries_the_schema_that_is_used_and_an_example_that_loads() -> None:
    docs = Path(__file__).resolve().parents[3] / "docs"
    assert (docs / "seat-map.schema.json").read_bytes() == SCHEMA_PATH.read_bytes()
    example = (docs / "seat-map.md").read_text(encoding="utf-8").split("```json\n")[1].split("```")[0]
    assert load(example).capacity == 80
