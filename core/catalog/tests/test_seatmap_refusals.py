"""What a seat map is refused for: every fault with its place and its reason, all at once."""

import json
from typing import Any

import pytest

from core.catalog.seatmap.format import load
from core.catalog.seatmap.refusal import MOST_PROBLEMS, SeatMapRefused, place_of
from core.catalog.tests.seatmap_documents import room
from core.kernel.errors import Refusal


def problems(document: Any) -> list[tuple[str, str]]:
    with pytest.raises(SeatMapRefused) as refused:
        load(document)
    return [tuple(problem) for problem in refused.value.problems]


ROW = {"label": "A", "count": 4}
AREA = {"name": "floor", "kind": "standing", "capacity": 10, "rect": {"x": 20, "y": 4, "width": 5, "height": 5}}
SEAT = {"number": "1", "x": 0, "y": 0}

OF_A_ROW = [
    ({"label": "A"}, "zones[0].rows[0]", "A row needs “count”, “counts” or a list of seats."),
    ({"count": 4}, "zones[0].rows[0]", "A row needs either “label” or “labels”."),
    ({**ROW, "counts": [4]}, "zones[0].rows[0]", "A row has either “count” or “counts”."),
    ({**ROW, "colour": "red"}, "zones[0].rows[0].colour", "This field is unknown."),
    ({**ROW, "count": 501}, "zones[0].rows[0].count", "501 is too large. The most is 500."),
    ({**ROW, "count": "4"}, "zones[0].rows[0].count", "“4” is not of the expected kind (“integer”)."),
    ({**ROW, "label": ""}, "zones[0].rows[0].label", "This may not be empty."),
    ({**ROW, "label": "A\n"}, "zones[0].rows[0].label", "“A\n” is not written as expected."),
    ({**ROW, "label": "Balcony left"}, "zones[0].rows[0].label", "This is too long. The most is 10 characters."),
    ({"labels": "A-9", "count": 4}, "zones[0].rows[0].labels", "“A-9” is not written as expected."),
    ({**ROW, "type": "throne"}, "zones[0].rows[0].type",
     "“throne” is unknown. Known are: standard, premium, sofa, wheelchair, companion."),
    ({**ROW, "aisles": [4]}, "zones[0].rows[0].aisles", "There is no seat beyond the aisle after seat 4."),
    ({"label": "A", "counts": [2, 2], "aisles": [1]}, "zones[0].rows[0].aisles",
     "“aisles” belong to a row with a single “count”."),
    ({"label": "A", "counts": [2, 2], "grow": [1]}, "zones[0].rows[0].grow",
     "There must be one number for each block of the row."),
    ({**ROW, "missing": "3-9,7"}, "zones[0].rows[0].missing", "The row has no seat 7."),
    ({**ROW, "seats": {"5": {"dx": 1}}}, 'zones[0].rows[0].seats["5"]', "The row has no seat 5."),
    ({**ROW, "seats": {"x": {"dx": 1}}}, "zones[0].rows[0].seats.x", "“x” is not written as expected."),
    ({**ROW, "seats": {"1": {}}}, 'zones[0].rows[0].seats["1"]', "This changes nothing."),
    ({**ROW, "seats": {"2": {"number": "1"}}}, "zones[0].rows[0].seats[1]",
     "Duplicate seat: “hall” has row A, seat 1 already at zones[0].rows[0].seats[0]."),
    ({**ROW, "seats": {"2": {"dx": -0.5}}}, "zones[0].rows[0].seats[1]",
     "Overlap: row A, seat 2 is closer than 0.7 to row A, seat 1 of “hall”."),
    ({"label": "A", "count": 1, "y": -4.2}, "zones[0].rows[0].seats[0]",
     "This seat (row A, seat 1) stands on the stage or screen."),
    ({"label": "A", "counts": [1, 2], "type": "sofa"}, "zones[0].rows[0].seats[0]",
     "This half of a sofa (row A, seat 1) has no other half beside it."),
    ({**ROW, "seats": {"1-3": {"type": "sofa", "pair": "s"}}}, "zones[0].rows[0].seats[0]",
     "The sofa “s” must have exactly two halves and nothing else."),
    ({**ROW, "seats": {"1,3": {"type": "sofa", "pair": "s"}}}, "zones[0].rows[0].seats[0]",
     "The halves of the sofa “s” must be neighbours."),
    ({**ROW, "seats": {"2": {"type": "companion"}}}, "zones[0].rows[0].seats[1]",
     "This companion seat (row A, seat 2) has no wheelchair place beside it."),
    ({**ROW, "aisles": [1], "seats": {"1": {"type": "wheelchair"}, "2": {"type": "companion"}}},
     "zones[0].rows[0].seats[1]", "This companion seat (row A, seat 2) has no wheelchair place beside it."),
    ({**ROW, "seats": {"1-2": {"type": "wheelchair", "pair": "w"}}}, "zones[0].rows[0].seats[0]",
     "The pair “w” must be one wheelchair place with its companions."),
    ({**ROW, "seats": {"1": {"type": "wheelchair", "pair": "w"}}}, "zones[0].rows[0].seats[0]",
     "The wheelchair place “w” is paired with nobody."),
    ({"seats": [SEAT]}, "zones[0].rows[0]", "The field “label” is missing."),
    ({"label": "A", "seats": [{"number": "1", "x": 0}]}, "zones[0].rows[0].seats[0]", "The field “y” is missing."),
    ({"label": "A", "count": 1, "seats": [SEAT]}, "zones[0].rows[0].count",
     "Where seats are listed one by one this has no meaning."),
    ({"labels": "1-150", "count": 500}, "zones[0].rows[0]", "More than 60000 places in one plan."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "place", "reason"), OF_A_ROW)
def test_load_refuses_a_row_with_place_and_reason(row: dict[str, Any], place: str, reason: str) -> None:
    assert problems(room(row)) == [(place, reason)]


OF_A_ZONE = [
    ({"name": "hall"}, "zones[0]", "A seated zone needs rows."),
    ({"name": "hall", "rows": [ROW], "capacity": 5}, "zones[0].capacity",
     "A zone of the kind “seated” has no such field."),
    ({"rows": [ROW]}, "zones[0]", "The field “name” is missing."),
    ({"name": "hall", "rows": [ROW], "defaults": {"radius": 9}}, "zones[0].defaults.radius",
     "This belongs to a single row, not to the defaults."),
    ({"name": "hall", "sectors": [[-20, 20]], "rows": [{"label": "A"}]}, "zones[0].rows[0]",
     "The first row of a fan needs a “radius”."),
    ({"name": "hall", "sectors": [[-20, 0], [0, 20]], "rows": [{**ROW, "radius": 20}]}, "zones[0].rows[0]",
     "There must be one count for each of the 2 sectors."),
    ({"name": "hall", "rows": [{**ROW, "rank": 1}, {**ROW, "start": 9, "rank": 2}]}, "zones[0].rows[1].seats[0]",
     "Row A has two different ranks."),
    ({**AREA, "capacity": 0}, "zones[0].capacity", "0 is too small. The least is 1."),
    ({**AREA, "capacity": 60_001}, "zones[0].capacity", "60001 is too large. The most is 60000."),
    ({"name": "floor", "kind": "standing", "rect": AREA["rect"]}, "zones[0]", "A standing area needs a capacity."),
    ({**AREA, "polygon": [[0, 0], [1, 0], [1, 1]]}, "zones[0]", "An area needs either “polygon” or “rect”."),
    ({**AREA, "rect": {"x": 0, "y": 0, "width": 0, "height": 1}}, "zones[0].rect", "This rectangle has no extent."),
    ({**AREA, "rotation": 5}, "zones[0].rotation", "A zone of the kind “standing” has no such field."),
    ({"name": "hall", "rows": []}, "document", "Nobody can sit or stand in this room."),
]  # fmt: skip


@pytest.mark.parametrize(("zone", "place", "reason"), OF_A_ZONE)
def test_load_refuses_a_zone_with_place_and_reason(zone: dict[str, Any], place: str, reason: str) -> None:
    assert problems({**room(), "zones": [zone]}) == [(place, reason)]


@pytest.mark.parametrize(
    ("other", "place", "reason"),
    [
        ({**AREA, "name": "hall"}, "zones[1].name", "Another zone is called “hall” already."),
        ({**AREA, "rect": {"x": 0.6, "y": 3, "width": 0.8, "height": 9}}, "zones[0].rows[0].seats[3]",
         "This seat (row A, seat 4) stands in the standing area “floor”."),
        ({**AREA, "capacity": 60_000}, "zones[0].rows[0]", "More than 60000 places in one plan."),
        ({"name": "b", "y": 4.5, "rows": [{"label": "A", "count": 1}]}, "zones[1].rows[0].seats[0]",
         "Overlap: row A, seat 1 is closer than 0.7 to row A, seat 3 of “hall”."),
    ],
)  # fmt: skip
def test_load_refuses_zones_in_each_others_way(other: dict[str, Any], place: str, reason: str) -> None:
    document = room({**ROW, "x": -0.5})
    document["zones"].append(other)
    assert problems(document) == [(place, reason)]


def test_load_refuses_standing_areas_that_overlap_and_takes_those_that_touch_or_enclose() -> None:
    hollow = [[18, 2], [27, 2], [27, 11], [26, 11], [26, 3], [19, 3], [19, 11], [18, 11]]
    gallery = {"name": "gallery", "kind": "standing", "capacity": 5, "polygon": hollow}
    touching = {**AREA, "name": "rear", "rect": {"x": 20, "y": 9, "width": 5, "height": 1}}
    document = {**room(), "zones": [AREA, touching, gallery]}
    assert load(document).capacity == 25
    document["zones"][1] = {**touching, "rect": {"x": 21, "y": 5, "width": 1, "height": 1}}
    assert problems(document) == [("zones[1]", "This standing area overlaps with “floor”.")]
    document["zones"][1] = {**AREA, "name": "same"}
    assert problems(document) == [("zones[1]", "This standing area overlaps with “floor”.")]


def test_load_names_every_problem_at_once() -> None:
    document = room(
        {"label": "A", "count": 3, "seats": {"1": {"type": "sofa"}, "9": {"dx": 1}}},
        {"labels": "B-C", "count": 2, "spacing": 0.6},
    )
    assert problems(document) == [
        ('zones[0].rows[0].seats["9"]', "The row has no seat 9."),
        (
            "zones[0].rows[1].labels[0].seats[1]",
            "Overlap: row B, seat 2 is closer than 0.7 to row B, seat 1 of “hall”.",
        ),
        (
            "zones[0].rows[1].labels[1].seats[1]",
            "Overlap: row C, seat 2 is closer than 0.7 to row C, seat 1 of “hall”.",
        ),
        ("zones[0].rows[0].seats[0]", "This half of a sofa (row A, seat 1) has no other half beside it."),
    ]


def test_load_counts_the_problems_beyond_a_readable_number() -> None:
    found = problems(room({"labels": "1-30", "count": 50, "spacing": 0.5}))
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1] == ("document", "250 more problems.")


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        (b"\xff\xfe", "document", "The file is not text in UTF-8."),
        ("{\n  nope", "line 2, column 3", "This is not JSON: Expecting property name enclosed in double quotes."),
        ('{"a": 1, "a": 2}', "document", "The key “a” stands twice in one object."),
        ('{"a": NaN}', "document", "NaN is not a number."),
        ("[" * 200_000, "document", "The file is nested too deeply."),
        ("1" * 5_000, "document", "A number in the file is too long."),
        ("[]", "document", "[] is not of the expected kind (“object”)."),
        (b" " * 24_000_001, "document", "The file is larger than 24000000 bytes."),
        ({"name": float("nan")}, "document", "This is not plain JSON."),
    ],
)
def test_load_refuses_what_is_not_a_plain_document(text: Any, place: str, reason: str) -> None:
    assert problems(text) == [(place, reason)]


def test_load_refuses_another_format_and_an_unknown_focus() -> None:
    document = room(ROW) | {"format": "foyer-seat-map/9", "focus": {"kind": "pulpit"}}
    assert problems(document) == [
        ("format", "“foyer-seat-map/9” is not supported. Expected is “foyer-seat-map/1”."),
        ("focus.kind", "“pulpit” is unknown. Known are: stage, screen."),
    ]


def test_refusal_reads_as_a_sentence_and_leaves_the_document_alone() -> None:
    document = room({"label": "A", "count": 1, "type": "sofa"}, {"label": "B", "count": 1, "type": "companion"})
    before = json.dumps(document)
    with pytest.raises(Refusal) as refused:
        load(document)
    assert str(refused.value) == (
        "The seat map was refused because of 2 problems. The first, at zones[0].rows[0].seats[0]: "
        "This half of a sofa (row A, seat 1) has no other half beside it."
    )
    assert json.dumps(document) == before


def test_place_is_written_as_people_read_json() -> None:
    assert place_of(["zones", 0, "rows", 3, "seats", 7]) == "zones[0].rows[3].seats[7]"
    assert place_of(["seats", "1-4"]) == 'seats["1-4"]'
    assert place_of([]) == "document"
