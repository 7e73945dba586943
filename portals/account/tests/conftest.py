from collections.abc import Iterator

import pytest
import time_machine

from core.accounts.models import User
from e2e.cast import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at the hour of the named cast; `clock.shift(timedelta)` moves it on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def gus(db: None) -> User:
    """An usher, known by address, number and user name."""
    return User.objects.create_user(
        "gus@foyer.example",
        "opening-night",
        name="Gus Holl",
        username="gus",
        mobile="+436641234567",
        mobile_verified_at=NOW,
        email_verified_at=NOW,
        joined_at=NOW,
    )
