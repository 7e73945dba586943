"""One Foyer as in production for all of these tests, and one house in it."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import DjangoDbBlocker

from e2e.chaos.buyers import Hall
from e2e.chaos.run import build
from e2e.topology import Topology

VAR = Path(__file__).resolve().parents[3] / "var"


@pytest.fixture(scope="session")
def foyer() -> Iterator[Topology]:
    """The running house."""
    running = Topology(VAR / f"test-{os.getpid()}-chaos")
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture(scope="session")
def halls(foyer: Topology, django_db_blocker: DjangoDbBlocker) -> list[Hall]:
    """Four showtimes, with seats for everybody."""
    with django_db_blocker.unblock(), foyer.rows():
        return build(showtimes=4, purchases=120)


@pytest.fixture(autouse=True)
def at_home(foyer: Topology, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The models read and write this Foyer's rows."""
    with django_db_blocker.unblock(), foyer.rows():
        yield
    foyer.till.heal()
