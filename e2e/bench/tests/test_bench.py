"""A small run of every row: that nothing errs and how many queries are made, not how fast it is."""

import pytest

from e2e.bench.__main__ import run
from e2e.bench.measuring import Row
from e2e.bench.rows import ROWS

SECONDS = 0.5
GROWN = {
    "sold 40": "page tickets hold completer lapsing sealing snapshot verify",
    "showtimes 40": "home event word words day",
    "holds 5": "hold",
    "seats 200": "hold page plan state",
    "watchers 5": "change",
}
MOST_QUERIES = {"hold": 12, "page": 5, "purchase": 95, "grid 300": 3, "grid 5000": 6}


@pytest.fixture(scope="module")
def rows(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Row]:
    """Every row, measured for half a second."""
    measured = run(list(ROWS), {"": SECONDS}, notes=tmp_path_factory.mktemp("bench"), small=True)
    return {row.name: row for row in measured}


def test_every_row_is_measured_and_nothing_errs(rows: dict[str, Row]) -> None:
    """A race has exactly as many winners as seats, every loser is told the seat, every change is seen by everybody."""
    several = {
        "live": ["live 1/s", "live 10/s"],
        "grid": ["grid 300", "grid 5000"],
        "purchase": ["purchase", "documents"],
        "growth": [f"{size} {operation}" for size, operations in GROWN.items() for operation in operations.split()],
    }
    assert list(rows) == [name for row in ROWS for name in several.get(row, [row])]
    assert {name: (row.errors, row.also.get("errors")) for name, row in rows.items()} == dict.fromkeys(rows, (0, None))
    assert [name for name, row in rows.items() if row.n < 1] == []


def test_an_operation_makes_no_more_queries_than_it_did(rows: dict[str, Row]) -> None:
    """The cheapest way to notice that a page has become slow; transactions' beginnings and ends are not counted."""
    made = {name: row.queries for name, row in rows.items() if row.queries is not None}
    assert made.keys() == MOST_QUERIES.keys()
    assert {name: queries for name, queries in made.items() if queries > MOST_QUERIES[name]} == {}


def test_the_costs_of_all_groups_are_told_apart(rows: dict[str, Row]) -> None:
    """Pages, database and load cost something in each hold; what is apart is not in the sum."""
    hold = rows["hold"]
    assert min(hold.cpu["web"], hold.cpu["database"], hold.apart["load"]) > 0
    assert hold.cpu_ms == pytest.approx(sum(hold.cpu.values()))
    assert set(hold.apart) == {"load", "emulator"}
