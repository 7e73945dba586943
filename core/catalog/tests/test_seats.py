"""What is printed on a seat, without a database."""

import pytest

from core.catalog.models import Seat


@pytest.mark.parametrize(
    ("row", "number", "label"),
    [("C", "7", "C7"), ("1", "17", "1/17"), ("12", "A", "12A"), ("Box 2", "3", "Box 2/3"), ("", "17", "17")],
)
def test_label_keeps_row_and_seat_apart_when_both_are_numbers(row: str, number: str, label: str) -> None:
    assert Seat(row_label=row, seat_number=number).label == label
