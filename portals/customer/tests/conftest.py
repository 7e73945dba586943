from collections.abc import Iterator

import pytest
import time_machine

from e2e.cast import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at the hour of the named cast; `clock.shift(timedelta)` moves it on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock
