"""R8: how long somebody has kept places from everybody else."""

import pytest

from core.seating.holding_time import time_held
from core.seating.tests.stage import MINUTE, NOW


def at(minute):
    return NOW + minute * MINUTE


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([], 0),
        ([(0, 5)], 5),
        ([(0, 5), (5, 8)], 8),
        ([(0, 5), (2, 4)], 5),
        ([(2, 6), (0, 5)], 6),
        ([(0, 2), (10, 13)], 5),
        ([(-20, -10)], 0),
        ([(-20, 3)], 3),
        ([(25, 60)], 5),
        ([(40, 50)], 0),
    ],
)
def test_time_held_is_the_union_of_the_spans_within_the_while(spans, minutes):
    spans = [(at(start), at(end)) for start, end in spans]
    assert time_held(spans, since=at(0), now=at(30)) == minutes * MINUTE
