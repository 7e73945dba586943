"""Seat maps in and out by command."""

import io
import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from core.catalog.models import Room, Seat, SeatMap, Zone
from core.catalog.tests.test_actions import DOCUMENT

pytestmark = pytest.mark.django_db


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps(DOCUMENT))
    return path


def test_import_seat_map_says_what_it_stored_when_the_file_is_right(room: Room, file: Path) -> None:
    out = io.StringIO()
    call_command("import_seat_map", str(file), room="kino/studio", stdout=out)
    assert out.getvalue() == "Kino · Studio v1: 8 seats, 25 standing places.\n"
    assert Seat.objects.count() == 8


def test_import_seat_map_names_each_fault_when_the_file_is_wrong(room: Room, file: Path) -> None:
    file.write_text(json.dumps(DOCUMENT | {"name": "", "zones": [{"name": 5}]}))
    err = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was stored"):
        call_command("import_seat_map", str(file), room="kino/studio", stderr=err)
    places = [line.partition(":")[0] for line in err.getvalue().splitlines()]
    assert sorted(places) == ["name", "zones[0].name"]
    assert (SeatMap.objects.count(), Zone.objects.count(), Seat.objects.count()) == (0, 0, 0)


def test_import_seat_map_names_the_rooms_when_the_room_is_unknown(room: Room, file: Path) -> None:
    with pytest.raises(CommandError, match=r"no room kino/cellar\. Known are: kino/studio"):
        call_command("import_seat_map", str(file), room="kino/cellar")


def test_import_seat_map_says_so_when_there_is_no_file(room: Room, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_seat_map", str(tmp_path / "none.json"), room="kino/studio")


def test_export_seat_map_writes_what_import_reads_when_run_after_it(room: Room, file: Path) -> None:
    call_command("import_seat_map", str(file), room="kino/studio", stdout=io.StringIO())
    out = io.StringIO()
    call_command("export_seat_map", room="kino/studio", stdout=out)
    assert json.loads(out.getvalue()) == DOCUMENT
    explicit = io.StringIO()
    call_command("export_seat_map", "--explicit", room="kino/studio", stdout=explicit)
    file.write_text(explicit.getvalue())
    call_command("import_seat_map", str(file), room="kino/studio", stdout=io.StringIO())
    first, second = (
        list(m.seats.values_list("row_label", "seat_number", "x", "y")) for m in SeatMap.objects.order_by("version")
    )
    assert first == second


def test_export_seat_map_says_so_when_there_is_no_such_version(room: Room) -> None:
    with pytest.raises(CommandError, match="no such seat map"):
        call_command("export_seat_map", room="kino/studio", map_version=3)
