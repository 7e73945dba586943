"""Reading and writing seat maps (OR3): the short form, what it means, and the way back."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.catalog.seatmap.format import dump, load
from core.catalog.seatmap.numbering import row_labels, seat_numbers
from core.catalog.seatmap.plan import SeatMapPlan
from core.catalog.seatmap.refusal import SeatMapRefused
from core.catalog.tests.seatmap_documents import room


def names(plan: SeatMapPlan) -> list[str]:
    return [f"{seat.row_label}{seat.seat_number}" for seat in plan.seats]


@pytest.mark.parametrize(
    ("scheme", "start", "numbers"),
    [
        ("ascending", 1, [1, 2, 3, 4, 5]),
        ("ascending", 11, [11, 12, 13, 14, 15]),
        ("descending", 1, [5, 4, 3, 2, 1]),
        ("odd", 1, [1, 3, 5, 7, 9]),
        ("odd", 2, [3, 5, 7, 9, 11]),
        ("odd-descending", 1, [9, 7, 5, 3, 1]),
        ("even", 1, [2, 4, 6, 8, 10]),
        ("even-descending", 2, [10, 8, 6, 4, 2]),
        ("centre-out", 1, [5, 3, 1, 2, 4]),
    ],
)
def test_numbering_gives_the_numbers_of_its_scheme(scheme: str, start: int, numbers: list[int]) -> None:
    assert seat_numbers(scheme, start, 5) == numbers


def test_row_labels_are_read_in_both_directions_and_from_lists() -> None:
    assert row_labels("A-D") == ["A", "B", "C", "D"]
    assert row_labels("D-A") == ["D", "C", "B", "A"]
    assert row_labels("9-11") == ["9", "10", "11"]
    assert row_labels(["AA", "C"]) == ["AA", "C"]


def test_load_places_a_straight_row_around_its_middle() -> None:
    plan = load(room({"label": "A", "count": 3}))
    assert [(seat.x - plan.focus.x, round(seat.y - plan.focus.y, 3)) for seat in plan.seats] == [
        (-1, 4),
        (0, 4),
        (1, 4),
    ]
    assert {seat.rotation for seat in plan.seats} == {0.0}
    assert (plan.width, plan.height) == (12.0, 6.9)


@pytest.mark.parametrize("row", [{"count": 5, "aisles": [2]}, {"counts": [2, 3]}])
def test_load_parts_a_row_at_its_aisles(row: dict[str, Any]) -> None:
    plan = load(room({"label": "A", **row}))
    assert [seat.block for seat in plan.seats] == [0, 0, 1, 1, 1]
    assert [seat.order_in_row for seat in plan.seats] == [0, 1, 2, 3, 4]
    assert [round(seat.x - plan.seats[0].x, 3) for seat in plan.seats] == [0, 1, 3, 4, 5]


def test_load_parts_a_row_where_seats_are_missing_and_keeps_the_numbers() -> None:
    plan = load(room({"label": "A", "count": 6, "missing": "3-4"}))
    assert names(plan) == ["A1", "A2", "A5", "A6"]
    assert [seat.block for seat in plan.seats] == [0, 0, 1, 1]


def test_load_grows_rows_and_sets_a_cross_aisle() -> None:
    plan = load(room({"labels": "A-B", "counts": [1, 2], "grow": [1, 0]}, {"label": "C", "count": 1, "gap": 1}))
    assert names(plan) == ["A1", "A2", "A3", "B1", "B2", "B3", "B4", "C1"]
    heights = {seat.row_label: round(seat.y - plan.focus.y, 3) for seat in plan.seats}
    assert heights == {"A": 4.0, "B": 5.25, "C": 7.5}


def test_load_bows_the_ends_of_a_curved_row_towards_the_screen() -> None:
    left, middle, right = load(room({"label": "A", "count": 3, "spacing": 3, "curve": 10})).seats
    assert left.y == right.y < middle.y
    assert (left.rotation, middle.rotation, right.rotation) == (17.2, 0.0, -17.2)


def test_load_fans_rows_around_the_origin() -> None:
    plan = load(room({"label": "A", "radius": 10, "count": 3}, {"label": "B", "count": 3}, y=0))
    for seat in plan.seats:
        distance = ((seat.x - plan.focus.x) ** 2 + (seat.y - plan.focus.y) ** 2) ** 0.5
        assert distance == pytest.approx({"A": 10, "B": 11.25}[seat.row_label], abs=0.002)


def test_load_fills_sectors_and_keeps_radial_aisles_equally_wide() -> None:
    plan = load(room({"labels": "A-C", "radius": 12}, sectors=[[-40, 0], [0, 40]], y=0))
    rows = {label: [seat for seat in plan.seats if seat.row_label == label] for label in "ABC"}
    assert {label: [s.block for s in row].count(0) for label, row in rows.items()} == {"A": 7, "B": 8, "C": 9}
    for row in rows.values():
        left = [seat for seat in row if seat.block == 0][-1]
        right = next(seat for seat in row if seat.block == 1)
        assert ((left.x - right.x) ** 2 + (left.y - right.y) ** 2) ** 0.5 == pytest.approx(2, abs=0.02)


def test_load_turns_a_zone_around_its_origin() -> None:
    left, right = load(room({"label": "A", "count": 2}, rotation=90)).seats
    assert (left.x, left.rotation, right.rotation) == (right.x, 90.0, 90.0)
    assert round(right.y - left.y, 3) == 1


def test_load_joins_sofas_and_companions() -> None:
    plan = load(
        room(
            {"label": "A", "counts": [4, 2], "type": "sofa"},
            {"label": "B", "count": 5, "seats": {"1,4": {"type": "wheelchair"}, "2,3,5": {"type": "companion"}}},
        )
    )
    pairs = {f"{seat.row_label}{seat.seat_number}": seat.pair for seat in plan.seats}
    assert pairs["A1"] == pairs["A2"] != pairs["A3"] == pairs["A4"] != pairs["A5"] == pairs["A6"]
    assert pairs["B1"] == pairs["B2"] != pairs["B3"] == pairs["B4"] == pairs["B5"]
    assert "" not in pairs.values()


def test_load_ranks_rows_from_the_front_at_a_stage_and_behind_the_middle_in_a_cinema() -> None:
    document = room({"labels": "A-F", "count": 4})
    assert list(dict.fromkeys((seat.row_rank, seat.row_label) for seat in load(document).seats)) == [
        (5, "A"), (3, "B"), (1, "C"), (0, "D"), (2, "E"), (4, "F"),
    ]  # fmt: skip
    document["focus"]["kind"] = "stage"
    assert [seat.row_rank for seat in load(document).seats if seat.seat_number == "1"] == [0, 1, 2, 3, 4, 5]


def test_load_ranks_whole_zones_in_the_order_of_the_document_and_keeps_written_ranks() -> None:
    document = room({"label": "A", "count": 1}, {"label": "B", "count": 1})
    document["zones"].insert(0, {"name": "back", "y": 20, "rows": [{"labels": "X-Y", "count": 1}]})
    document["zones"].append({"name": "box", "x": 20, "rows": [{"label": "A", "count": 1, "rank": 70}]})
    ranks = {(seat.zone, seat.row_label): seat.row_rank for seat in load(document).seats}
    assert sorted(ranks[key] for key in (("back", "X"), ("back", "Y"))) == [0, 1]
    assert sorted(ranks[key] for key in (("hall", "A"), ("hall", "B"))) == [2, 3]
    assert ranks["box", "A"] == 70


def test_load_reads_text_bytes_and_mappings_alike() -> None:
    document = room({"label": "Ä", "count": 2})
    text = json.dumps(document, ensure_ascii=False)
    assert load(text) == load(text.encode()) == load(b"\xef\xbb\xbf" + text.encode()) == load(document)


def test_load_reads_standing_areas_and_marks() -> None:
    document = room()
    document["zones"] = [
        {"name": "floor", "kind": "standing", "capacity": 450, "rect": {"x": -5, "y": 2, "width": 10, "height": 8}}
    ]
    document["marks"] = [{"label": "Bar", "rect": {"x": 6, "y": 2, "width": 2, "height": 2}}]
    plan = load(document)
    assert (plan.capacity, plan.standing_capacity, plan.seats) == (450, 450, ())
    assert plan.zones[0].shape == ((1.0, 3.4), (11.0, 3.4), (11.0, 11.4), (1.0, 11.4))
    assert [(mark.label, mark.label_x, mark.label_y) for mark in plan.marks] == [("Bar", 13.0, 4.4)]


numbers = st.floats(-30, 30, allow_nan=False).map(lambda value: round(value, 4))
straight_rows = st.fixed_dictionaries(
    {"counts": st.lists(st.integers(0, 9), min_size=1, max_size=4)},
    optional={
        "numbering": st.sampled_from(["ascending", "descending", "odd", "even-descending", "centre-out"]),
        "curve": st.floats(40, 300),
        "x": numbers,
        "align": st.sampled_from(["left", "centre", "right"]),
        "spacing": st.floats(0.9, 2),
        "aisle_width": st.floats(0, 3),
        "type": st.sampled_from(["standard", "premium", "wheelchair"]),
        "restricted_view": st.booleans(),
        "step_free": st.booleans(),
        "rank": st.integers(0, 50),
    },
)


@st.composite
def documents(draw: st.DrawFn) -> dict[str, Any]:
    """Rooms that hold nothing to refuse: zones far apart, rows far enough from each other."""
    zones: list[dict[str, Any]] = [
        {"name": "first", "y": 5, "rows": [{"label": "0", "count": 4, "aisles": [2], "type": "sofa"}]},
        {"name": "area", "kind": "standing", "capacity": draw(st.integers(1, 900)),
         "rect": {"x": 500, "y": draw(numbers), "width": 10, "height": 5}},
    ]  # fmt: skip
    for index in range(draw(st.integers(0, 3))):
        rows = draw(st.lists(straight_rows, min_size=1, max_size=4))
        zones.append(
            {
                "name": f"zone {index}",
                "x": draw(numbers),
                "y": 400 * (index + 1),
                "rotation": draw(st.sampled_from([0, 15, -33.3, 180])),
                "rows": [{"label": str(n), "y": 30 * n, **row} for n, row in enumerate(rows)],
            }
        )
    focus = {"kind": draw(st.sampled_from(["stage", "screen"])), "x": draw(numbers), "bulge": draw(st.floats(-2, 2))}
    return {"format": "foyer-seat-map/1", "name": draw(st.sampled_from(["Saal", "云"])), "focus": focus, "zones": zones}


@given(documents())
@settings(max_examples=60, deadline=None)
def test_dump_loads_to_an_equal_plan(document: dict[str, Any]) -> None:
    plan = load(document)
    assert load(json.dumps(dump(plan))) == plan
    assert dump(load(dump(plan))) == dump(plan)


leaves = st.none() | st.booleans() | st.integers(-5, 70_000) | st.floats(-9, 9) | st.text(max_size=3) | st.just("A-C")
values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner))


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    steps = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, inner in steps for found in _paths(inner, (*path, key)))]


@given(documents(), st.data())
@settings(max_examples=120, deadline=None)
def test_load_reads_or_refuses_whatever_stands_anywhere_in_a_document(
    document: dict[str, Any], data: st.DataObject
) -> None:
    document["zones"][0]["rows"].append({"labels": "A-C", "radius": 30, "count": 3, "seats": {"1": {"dx": 0.1}}})
    *path, last = data.draw(st.sampled_from(_paths(document)[1:]))
    parent: Any = document
    for step in path:
        parent = parent[step]
    parent[last] = data.draw(values)
    try:
        load(document)
    except SeatMapRefused as refused:
        assert refused.problems != []
        assert all(problem.place and problem.reason for problem in refused.problems)
