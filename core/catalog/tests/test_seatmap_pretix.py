"""Import of pretix's public seating-plan format (OR3)."""

import copy
from typing import Any

import pytest

from core.catalog.seatmap.format import dump, load
from core.catalog.seatmap.pretix import load_pretix, seat_type_of
from core.catalog.seatmap.refusal import SeatMapRefused


def at(x: float, y: float) -> dict[str, float]:
    return {"x": x, "y": y}


def seat(number: int, x: float, category: str = "Stalls", guid: str = "") -> dict[str, Any]:
    return {
        "seat_guid": guid or f"guid-{number}-{x}",
        "seat_number": str(number),
        "uuid": "5b1c",
        "position": at(x, 0),
        "category": category,
        "radius": 10,
    }


PLAN: dict[str, Any] = {
    "name": "Town hall",
    "size": {"width": 800, "height": 600},
    "categories": [{"name": "Stalls", "color": "#f00"}, {"name": "Rollstuhl"}, {"name": "Begleitung"}],
    "zones": [
        {
            "name": "Scenery",
            "position": at(0, 0),
            "rows": [],
            "areas": [
                {
                    "shape": "rectangle",
                    "color": "#ccc",
                    "border_color": "#000",
                    "rotation": 0,
                    "position": at(100, 0),
                    "rectangle": {"width": 250, "height": 75},
                    "text": {"text": "Bühne", "color": "#000", "size": 16, "position": at(125, 30)},
                },
                {"shape": "circle", "position": at(20, 200), "circle": {"radius": 10}, "rotation": 0},
                {"shape": "text", "position": at(20, 300), "text": {"text": "Bar", "position": at(0, 0)}},
            ],
        },
        {
            "name": "Floor",
            "zone_id": "floor",
            "position": at(100, 100),
            "rows": [
                {
                    "row_number": "A",
                    "row_label": None,
                    "seat_label": "Seat %s",
                    "row_number_position": "both",
                    "position": at(0, 25),
                    "seats": [seat(1, 0), seat(2, 25), seat(3, 50), seat(4, 125), seat(5, 150)],
                },
                {
                    "row_number": "B",
                    "seats": [seat(1, 0, "Rollstuhl", "w"), seat(2, 25, "Begleitung", "c"), seat(3, 50, guid="s")],
                },
            ],
        },
    ],
}


def changed(*path: Any, value: Any) -> dict[str, Any]:
    plan = copy.deepcopy(PLAN)
    parent: Any = plan
    for step in path[:-1]:
        parent = parent[step]
    parent[path[-1]] = value
    return plan


def test_load_pretix_turns_pixels_into_units_and_gaps_into_aisles() -> None:
    plan = load_pretix(PLAN)
    assert (plan.name, [zone.name for zone in plan.zones]) == ("Town hall", ["Floor"])
    row = [seat for seat in plan.seats if seat.row_label == "A"]
    assert [round(seat.x - row[0].x, 3) for seat in row] == [0, 1, 2, 5, 6]
    assert [seat.block for seat in row] == [0, 0, 0, 1, 1]
    beside = next(seat for seat in plan.seats if seat.row_label == "B")
    assert (beside.x, round(row[0].y - beside.y, 3)) == (row[0].x, 1)


def test_load_pretix_maps_categories_to_types_and_joins_companions() -> None:
    places = [seat for seat in load_pretix(PLAN).seats if seat.row_label == "B"]
    assert [seat.seat_type for seat in places] == ["wheelchair", "companion", "standard"]
    assert places[0].pair == places[1].pair != places[2].pair == ""


@pytest.mark.parametrize(
    ("category", "seat_type"),
    [
        ("Wheelchair places", "wheelchair"),
        ("ROLLSTUHLPLATZ", "wheelchair"),
        ("Begleitperson", "companion"),
        ("Love seat", "sofa"),
        ("VIP", "premium"),
        ("Premium recliner", "premium"),
        ("Stalls", "standard"),
        ("Preview", "standard"),
    ],
)
def test_seat_type_follows_the_name_where_it_is_obvious(category: str, seat_type: str) -> None:
    assert seat_type_of(category) == seat_type


def test_load_pretix_takes_the_stage_as_focus_and_other_areas_as_marks() -> None:
    plan = load_pretix(PLAN)
    focus = plan.focus
    assert (focus.kind, focus.label, focus.width, focus.depth) == ("stage", "Bühne", 10.0, 3.0)
    assert focus.y < min(seat.y for seat in plan.seats)
    assert [(mark.label, len(mark.shape)) for mark in plan.marks] == [("", 24), ("Bar", 0)]


def test_load_pretix_draws_a_stage_that_reaches_around_seats_as_a_mark() -> None:
    plan = load_pretix(changed("zones", 0, "areas", 0, "rectangle", value={"width": 250, "height": 500}))
    assert (plan.focus.depth, plan.focus.label) == (0.0, "")
    assert [mark.label for mark in plan.marks] == ["Bühne", "", "Bar"]


def test_load_pretix_puts_a_stage_above_the_seats_where_none_is_drawn() -> None:
    plan = load_pretix(changed("zones", 0, "areas", value=[]))
    assert (plan.focus.kind, round(min(seat.y for seat in plan.seats) - plan.focus.y, 3)) == ("stage", 3)


def test_load_pretix_gives_a_plan_that_our_own_format_carries() -> None:
    plan = load_pretix(PLAN)
    assert load(dump(plan)) == plan


ROW = ("zones", 1, "rows", 0)
WRONG = [
    ((*ROW, "seats", 2, "category"), "Attic", "zones[1].rows[0].seats[2].category",
     "The plan has no category “Attic”."),
    ((*ROW, "seats", 2, "wheelchair"), True, "zones[1].rows[0].seats[2].wheelchair", "This field is unknown."),
    ((*ROW, "seats", 2, "seat_guid"), "guid-1-0", "zones[1].rows[0].seats[2].seat_guid",
     "Duplicate seat: “guid-1-0” stands at zones[1].rows[0].seats[0] already."),
    ((*ROW, "seats", 2, "seat_number"), "1", "zones[1].rows[0].seats[2]",
     "Duplicate seat: “Floor” has row A, seat 1 already at zones[1].rows[0].seats[0]."),
    ((*ROW, "seats", 2, "seat_number"), " ", "zones[1].rows[0].seats[2].seat_number", "This may not be empty."),
    ((*ROW, "seats", 2, "position"), {"x": 26, "y": 0}, "zones[1].rows[0].seats[2]",
     "Overlap: row A, seat 3 is closer than 0.7 to row A, seat 2 of “Floor”."),
    ((*ROW, "row_number"), "Row number one", "zones[1].rows[0].row_number",
     "This is too long. The most is 10 characters."),
    ((*ROW, "row_number"), "A\tB", "zones[1].rows[0].row_number", "“A\tB” is not written as expected."),
    ((*ROW, "row_number_position"), "left", "zones[1].rows[0].row_number_position", None),
    ((*ROW, "position"), {"x": 0}, "zones[1].rows[0].position", "The field “y” is missing."),
    (("zones", 0, "areas", 0, "shape"), "star", "zones[0].areas[0].shape", None),
    (("zones", 1, "rows", 1, "seats", 0, "category"), "Stalls", "zones[1].rows[1].seats[1]",
     "This companion seat (row B, seat 2) has no wheelchair place beside it."),
    (("plan",), 1, "plan", "This field is unknown."),
    (("zones",), [], "zones", "Too few entries. The least is 1."),
]  # fmt: skip


@pytest.mark.parametrize(("path", "value", "place", "reason"), WRONG)
def test_load_pretix_refuses_with_the_place_in_the_pretix_document(
    path: tuple[Any, ...], value: Any, place: str, reason: str | None
) -> None:
    with pytest.raises(SeatMapRefused) as refused:
        load_pretix(changed(*path, value=value))
    assert [problem.place for problem in refused.value.problems] == [place]
    if reason is not None:
        assert refused.value.problems[0].reason == reason


def test_load_pretix_refuses_what_is_no_plan() -> None:
    with pytest.raises(SeatMapRefused) as refused:
        load_pretix(b"[]")
    assert refused.value.problems == [("document", "[] is not of the expected kind (“object”).")]
