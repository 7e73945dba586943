"""Nobody learns by the time of an answer who has an account (AC8).

Measured is the time that this process computes, known and unknown by turns, so that a busy machine says the same as an
idle one; and how often the database is asked, whose time is its own.
"""

import itertools
import re
import statistics
import time
from collections.abc import Callable, Iterator

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.test import Client, override_settings
from django.test.utils import CaptureQueriesContext

from core.accounts.models import LoginTry, User
from core.outbox.models import Message
from portals.account.tests.entering import LOGIN, NORA, RESET, SIGNUP

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("clock")]
ROUNDS = 200
CLOSE = 0.05


class LighterArgon2(Argon2PasswordHasher):
    """The hasher that Foyer uses, with less memory: four hundred times the real thing would take minutes."""

    time_cost, memory_cost, parallelism = 1, 8 * 1024, 1


@pytest.fixture(autouse=True)
def _hashing() -> Iterator[None]:
    with override_settings(PASSWORD_HASHERS=[f"{__name__}.LighterArgon2"]):
        yield


@pytest.fixture
def person(db: None) -> User:
    """Somebody with a login, hashed as it would be."""
    return User.objects.create_user("amina@foyer.example", "opening-night", name="Amina Yilmaz")


def addresses() -> Iterator[str]:
    """One client address after the other: the limits are tried elsewhere."""
    return (f"10.{a}.{b}.{c}" for a, b, c in itertools.product(range(250), repeat=3))


def medians(ask: Callable[[str, str, int], None]) -> tuple[float, float]:
    """The median of what `ask` costs, for who is known and for who is not."""
    took: dict[str, list[float]] = {"known": [], "unknown": []}
    networks = addresses()
    for number in range(-10, ROUNDS):
        for who in ("known", "unknown") if number % 2 else ("unknown", "known"):
            LoginTry.objects.all().delete()
            begun = time.process_time()
            ask(who, next(networks), number)
            if number >= 0:  # the first ones warm up what is kept in memory
                took[who].append(time.process_time() - begun)
    return statistics.median(took["known"]), statistics.median(took["unknown"])


def asked(ask: Callable[[], object]) -> list[str]:
    """What the database is asked, without the values."""
    with CaptureQueriesContext(connection) as queries:
        ask()
    return [re.sub(r"'[^']*'|\s?-?\d+", "?", query["sql"]) for query in queries]


def test_a_log_in_takes_as_long_for_who_is_unknown(person):
    """Two hundred each: the medians differ by less than a twentieth."""
    names = {"known": "amina@foyer.example", "unknown": "nobody@foyer.example"}

    def ask(who: str, network: str, _number: int) -> None:
        tried = {"login": names[who], "password": "guessing"}
        assert Client(REMOTE_ADDR=network).post(LOGIN, tried).status_code == 422

    known, unknown = medians(ask)
    assert abs(known - unknown) < CLOSE * min(known, unknown), (known, unknown)


def test_a_forgotten_password_takes_as_long_for_who_is_unknown(person):
    """Two hundred each; every code to a person of its own, since one gets five an hour."""
    people = [User(email=f"known{number}@foyer.example", password="!") for number in range(-10, ROUNDS)]
    User.objects.bulk_create(people)

    def ask(who: str, network: str, number: int) -> None:
        answer = Client(REMOTE_ADDR=network).post(RESET, {"login": f"{who}{number}@foyer.example"})
        assert answer.status_code == 302

    known, unknown = medians(ask)
    assert abs(known - unknown) < CLOSE * min(known, unknown), (known, unknown)
    assert Message.objects.filter(task="flows.answer_code").count() == 2 * (ROUNDS + 10)


@pytest.mark.parametrize("login", ["amina@foyer.example", "nobody@foyer.example"])
@pytest.mark.parametrize("page", ["login", "reset", "signup"])
def test_the_database_is_asked_the_same_for_who_is_unknown(person, page, login):
    answers = {
        "login": (LOGIN, {"password": "guessing"}, "login"),
        "reset": (RESET, {}, "login"),
        "signup": (SIGNUP, NORA, "email"),
    }
    address, typed, field = answers[page]

    def ask(named: str, network: str) -> Callable[[], object]:
        return lambda: Client(REMOTE_ADDR=network).post(address, typed | {field: named})

    ask("warm@foyer.example", "192.0.2.1")()
    assert asked(ask(login, "192.0.2.2")) == asked(ask("somebody@foyer.example", "192.0.2.3"))
