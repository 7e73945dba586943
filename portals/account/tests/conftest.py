from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from core.accounts.models import User
from e2e.cast import NOW


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """The clock stands still at the hour of the named cast; `clock.shift(timedelta)` moves it on."""
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def known(db: None) -> User:
    """Amina, known by address, number and user name."""
    return User.objects.create_user(
        "amina@foyer.example",
        "opening-night",
        name="Amina Yilmaz",
        username="amina",
        mobile="+436641234567",
        mobile_verified_at=NOW,
        email_verified_at=NOW,
        joined_at=NOW,
    )


@pytest.fixture
def hers(client: Client, amina: User) -> Client:
    """Amina's browser, logged in."""
    client.force_login(amina)
    return client


@pytest.fixture(autouse=True)
def _own_outbox(settings: Any, tmp_path: Path) -> None:
    """Text messages of one test lie apart from those of another."""
    settings.OUTBOX_DIR = tmp_path
