"""Many at once, with real threads and connections: SE6, R5, R22."""

import datetime as dt
import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, transaction

from core.kernel.actor import Actor
from core.kernel.errors import Refusal
from core.seating import actions, queries
from core.seating.models import Hold, Place
from core.seating.tests.stage import MINUTE, NOW, build_hall

pytestmark = pytest.mark.django_db(transaction=True)
THREADS = 24

ROWS = {
    "format": "foyer-seat-map/1",
    "name": "Studio",
    "focus": {"kind": "screen", "y": -4},
    "zones": [
        {"name": "stalls", "label": "Stalls", "defaults": {"counts": [10]}, "rows": [{"labels": "A-D"}]},
        {
            "name": "floor",
            "label": "Floor",
            "kind": "standing",
            "capacity": 20,
            "rect": {"x": -20, "y": 40, "width": 40, "height": 10},
        },
    ],
}


@pytest.fixture
def hall():
    return build_hall(ROWS)


def person(number: int) -> Actor:
    return Actor(holder=f"user:{number}", address="192.0.2.1")


def all_at_once(tasks: list[Callable[[], object]]) -> Counter[str]:
    """Run them in a pool, all starting together; how many ended how. Anything but a refusal is raised."""
    start = threading.Barrier(min(THREADS, len(tasks)))
    first = threading.local()

    def run(task: Callable[[], object]) -> str:
        if not hasattr(first, "waited"):
            first.waited = True
            start.wait(timeout=30)
        try:
            task()
        except Refusal as refusal:
            return type(refusal).__name__
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(THREADS) as pool:
        return Counter(pool.map(run, tasks))


def nothing_is_broken(hall) -> bool:
    assert list(queries.violations()) == []
    living = Hold.objects.filter(status__in=Hold.LIVING)
    assert living.count() == living.values("place").distinct().count()
    return True


def test_200_people_for_20_seats_take_each_seat_once_se6(hall):
    labels = [f"{row}{number}" for row in "AB" for number in range(1, 11)]

    def wants(number: int) -> Callable[[], object]:
        seat_ids = hall.seats(labels[number % 20])
        return lambda: actions.hold(showtime=hall.fresh(), seat_ids=seat_ids, actor=person(number), now=NOW)

    ended = all_at_once([wants(number) for number in range(200)])
    assert ended == {"done": 20, "PlacesTaken": 180}
    assert Place.objects.filter(held_until__gt=NOW).count() == 20
    assert nothing_is_broken(hall)


def test_200_people_for_several_seats_in_opposite_orders_never_deadlock_r5(hall):
    chance = random.Random(5)
    labels = [f"{row}{number}" for row in "AB" for number in range(1, 11)]

    def wants(number: int) -> Callable[[], object]:
        chosen = hall.seats(*chance.sample(labels, 4))
        if number % 2:
            chosen.reverse()
        return lambda: actions.hold(showtime=hall.fresh(), seat_ids=chosen, actor=person(number), now=NOW)

    ended = all_at_once([wants(number) for number in range(200)])
    assert set(ended) == {"done", "PlacesTaken"}
    assert ended.total() == 200
    assert Place.objects.filter(held_until__gt=NOW).count() == 4 * ended["done"]
    assert nothing_is_broken(hall)


def test_people_who_change_their_choice_crosswise_never_deadlock_r5(hall):
    """Each gives back what the next one wants."""
    seats = hall.seats(*(f"A{number}" for number in range(1, 9)))
    for number, seat_id in enumerate(seats):
        actions.hold(showtime=hall.showtime, seat_ids=[seat_id], actor=person(number), now=NOW)

    def moves(number: int) -> Callable[[], object]:
        wanted = [seats[(number * 3 + 1) % 8]]
        return lambda: actions.choose(showtime=hall.fresh(), seat_ids=wanted, actor=person(number % 8), now=NOW)

    ended = all_at_once([moves(number) for number in range(96)])
    assert set(ended) <= {"done", "PlacesTaken"}
    assert nothing_is_broken(hall)


def test_twenty_requests_of_one_person_end_with_the_cap_r22(hall):
    labels = [f"{row}{number}" for row in "AB" for number in range(1, 11)]
    tasks = [
        lambda seat_id=seat_id: actions.hold(showtime=hall.fresh(), seat_ids=[seat_id], actor=person(1), now=NOW)
        for seat_id in hall.seats(*labels)
    ]
    assert all_at_once(tasks) == {"done": 10, "TooManyPlaces": 10}
    assert Place.objects.filter(holder="user:1").count() == 10
    assert nothing_is_broken(hall)


def test_twenty_sessions_of_one_address_end_with_its_cap_r23(hall):
    hall.set(places_per_address=7)
    labels = [f"{row}{number}" for row in "AB" for number in range(1, 11)]
    tasks = [
        lambda seat_id=seat_id: actions.hold(
            showtime=hall.fresh(),
            seat_ids=[seat_id],
            actor=Actor(holder=f"anon:{seat_id}", address="192.0.2.9"),
            now=NOW,
        )
        for seat_id in hall.seats(*labels)
    ]
    assert all_at_once(tasks) == {"done": 7, "NeedsProof": 13}
    assert nothing_is_broken(hall)


def test_standing_places_are_never_oversold_se9(hall):
    def wants(number: int) -> Callable[[], object]:
        return lambda: actions.hold_standing(
            showtime=hall.fresh(), zone_id=hall.floor, quantity=2, actor=person(number), now=NOW
        )

    ended = all_at_once([wants(number) for number in range(60)])
    assert ended == {"done": 10, "NotEnoughLeft": 50}
    assert nothing_is_broken(hall)


def test_hold_against_release_against_lapse_against_sale_ends_in_one_truth_se6(hall):
    """A person releases, extends or pays for what ran out this instant, others take it, and a task tidies up."""
    seats = hall.seats(*(f"A{number}" for number in range(1, 9)))
    end = NOW + 5 * MINUTE
    for number, seat_id in enumerate(seats):
        actions.hold(showtime=hall.showtime, seat_ids=[seat_id], actor=person(number), now=NOW)
    mine = {hold.place.seat_id: hold.place_id for hold in Hold.objects.select_related("place")}

    def pay(number: int, now: dt.datetime) -> None:
        actions_now = {
            "showtime_id": hall.showtime.pk,
            "place_ids": [mine[seats[number]]],
            "lessee": f"booking:{number}",
        }
        with transaction.atomic():
            actions.lease(**actions_now, until=now + 10 * MINUTE, actor=person(number), now=now)
        with transaction.atomic():
            assert actions.sell(**actions_now, now=now) == []

    tasks: list[Callable[[], object]] = []
    for number, seat_id in enumerate(seats):
        before = end - dt.timedelta(milliseconds=1)
        tasks += [
            lambda number=number, before=before: pay(number, before),
            lambda number=number, before=before: actions.extend(
                showtime=hall.fresh(), actor=person(number), now=before
            ),
            lambda number=number, before=before: actions.release(
                showtime=hall.fresh(), actor=person(number), now=before
            ),
            lambda: actions.lapse(now=end),
            lambda number=number, seat_id=seat_id: actions.hold(
                showtime=hall.fresh(), seat_ids=[seat_id], actor=person(100 + number), now=end
            ),
            lambda number=number, before=before: actions.follow(
                visitor=person(number).holder, holder=f"user:{200 + number}", user_id=None, now=before
            ),
        ]
    random.Random(6).shuffle(tasks)
    ended = all_at_once(tasks)
    assert set(ended) <= {"done", "PlacesTaken", "HoldLapsed", "NoMoreExtensions"}
    sold = Hold.objects.filter(status=Hold.Status.SOLD)
    assert Place.objects.filter(sold=True).count() == sold.count()
    assert nothing_is_broken(hall)
