"""Many at the same moment, through the views, with real threads and connections: R5, and every form twice at once."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.urls import reverse

from core.flows.verification import violations
from core.seating.models import Hold, Place
from e2e.cast import NOW, StripeDesk, build_house
from project.tests.hostile.addresses import ADDRESSES
from project.tests.hostile.asking import Ask, Asking, look_at
from project.tests.hostile.forms import Form, read_all
from project.tests.hostile.nasty import urlencoded
from project.tests.hostile.stage import build, of_the_desk

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 20
# First what begins something, last what ends it: else there would be nothing left to be done twice.
FIRST = ["customer:hold_extension", "customer:checkout", "customer:payment", "customer:resending", "customer:holds"]
LAST = ["customer:payment_end", "customer:cancellation", "account_email", "account_change_password", "account_logout"]
DONE = {*FIRST, "customer:hold_release", "customer:best", "customer:standing", "customer:cancellation"}


@pytest.fixture(autouse=True)
def _clock() -> Iterator[None]:
    logging.disable(logging.CRITICAL)
    with time_machine.travel(NOW, tick=False):
        yield
    logging.disable(logging.NOTSET)


def at_once(tasks: list[Callable[[], Any]]) -> list[Any]:
    """What each gives, all beginning together in as many threads as there are, each with its own connection."""
    start = threading.Barrier(min(THREADS, len(tasks)))
    first = threading.local()

    def run(task: Callable[[], Any]) -> Any:
        if not hasattr(first, "waited"):
            first.waited = True
            start.wait(timeout=60)
        try:
            return task()
        finally:
            connection.close()

    with ThreadPoolExecutor(start.parties) as pool:
        return list(pool.map(run, tasks))


def deadlocks() -> int:
    """How many PostgreSQL has had to break so far in this database."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return int(cursor.fetchone()[0])


def test_200_people_hold_several_seats_at_once_in_opposite_orders_r5() -> None:
    """No deadlock, no error page: who loses is told which seats are gone; half of them have no JavaScript."""
    house = build_house(rows=2)
    url = reverse("customer:holds", args=[house.showtime.pk])
    seats = house.seats(*(f"{row}{number}" for row in "AB" for number in range(1, 11)))
    before = deadlocks()

    def holds(number: int) -> Callable[[], Any]:
        chosen = [seats[(number * 7 + step * 3) % 20] for step in range(4)]
        if number % 2:
            chosen.reverse()
        headers = {"Accept": "application/json"} if number % 4 < 2 else {}
        client = Client(raise_request_exception=False, REMOTE_ADDR=f"192.0.2.{number}", headers=headers)
        return lambda: client.post(url, {"add": chosen})

    answers = at_once([holds(number) for number in range(200)])
    statuses = Counter(answer.status_code for answer in answers)
    won = statuses[200] + statuses[302]
    assert statuses[409] == 200 - won, statuses
    assert 1 <= won <= 5
    assert Place.objects.filter(held_until__gt=NOW).count() == Hold.objects.count() == 4 * won
    for number, answer in enumerate(answers):
        look_at(Ask(f"person {number}", "POST", url), answer)
        json = answer.headers["Content-Type"] == "application/json"
        if answer.status_code == 409:
            assert "just taken by someone else" in (answer.json()["refusal"] if json else answer.text)
    assert deadlocks() == before
    assert [str(violation) for violation in violations()] == []


def test_every_form_that_is_sent_twice_at_once_does_its_work_once(stripe_desk: StripeDesk) -> None:
    """A double click, two tabs, a phone and a desk: each form of each person, as it stands on their page."""
    stage = build(stripe_desk)
    forms = read_all(Asking(stage), [address for address in ADDRESSES if not of_the_desk(address)]).forms
    done = set()
    for form in sorted((form for form in forms if form.method == "POST"), key=_turn):
        answers = at_once([_sends(stage.sessions[form.who], form)] * 2)
        for answer in answers:
            look_at(Ask(form.who, form.method, form.path, body=urlencoded(form.fields).encode()), answer)
        if any(answer.status_code < 400 for answer in answers):
            done.add(form.address.name)
        assert [str(violation) for violation in violations()] == [], form
    assert done >= DONE
    assert deadlocks() == 0


def _turn(form: Form) -> tuple[int, int]:
    name = form.address.name
    if name in FIRST:
        return (0, FIRST.index(name))
    return (2, LAST.index(name)) if name in LAST else (1, 0)


def _sends(session: str, form: Form) -> Callable[[], Any]:
    def send() -> Any:
        client = Client(raise_request_exception=False, headers={"Cookie": f"sessionid={session}"})
        body = urlencoded(form.fields)
        return client.post(form.path, body, content_type="application/x-www-form-urlencoded")

    return send
