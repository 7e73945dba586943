"""Ended holds, and people who turn out to be somebody: SE4, SE11, R9, R22."""

import pytest

from core.kernel.actor import Actor
from core.seating import actions
from core.seating.models import Hold
from core.seating.tests.stage import AMINA, BRUNO, MINUTE, NOW, SECOND, everything, holds, places

pytestmark = pytest.mark.django_db
VISITOR = Actor(holder="anon:amina", address="192.0.2.10")


def hold(hall, *labels, actor=AMINA, now=NOW):
    return actions.hold(showtime=hall.showtime, seat_ids=hall.seats(*labels), actor=actor, now=now)


def follow(*, now=NOW + MINUTE):
    return actions.follow(visitor=VISITOR.holder, holder=AMINA.holder, user_id=7, now=now)


def test_lapse_marks_what_has_ended_and_nothing_else_se11_r9(hall):
    hold(hall, "A1", "A2")
    hold(hall, "B1", actor=BRUNO, now=NOW + SECOND)
    assert actions.lapse(now=NOW + 5 * MINUTE) == 2
    assert holds(hall) == [
        ("A1", "lapsed", NOW + 5 * MINUTE),
        ("A2", "lapsed", NOW + 5 * MINUTE),
        ("B1", "active", None),
    ]
    assert sorted(places(hall)) == ["B1"]
    assert actions.lapse(now=NOW + 5 * MINUTE) == 0
    assert everything(hall)


def test_lapse_works_off_a_backlog_in_parts(hall):
    hold(hall, "A1", "A2", "A3")
    assert [actions.lapse(now=NOW + 6 * MINUTE, limit=2) for _ in range(3)] == [2, 1, 0]


def test_follow_hands_held_places_over_with_their_clock_bo13(hall):
    hold(hall, "A1", "A2", actor=VISITOR)
    assert follow() == 2
    assert places(hall) == dict.fromkeys(("A1", "A2"), (AMINA.holder, NOW + 5 * MINUTE, False, False))
    assert set(Hold.objects.values_list("holder", "user_id")) == {(AMINA.holder, 7)}
    assert follow() == 0
    assert everything(hall)


def test_follow_revives_no_lapsed_hold(hall):
    hold(hall, "A1", actor=VISITOR)
    assert follow(now=NOW + 5 * MINUTE) == 0
    assert places(hall) == {"A1": (AMINA.holder, NOW + 5 * MINUTE, False, False)}
    assert [row[1] for row in holds(hall)] == ["active"]
    assert everything(hall)


def test_follow_moves_the_hold_under_payment_but_not_its_place(hall):
    made = hold(hall, "A1", actor=VISITOR)
    actions.lease(
        showtime_id=hall.showtime.pk,
        place_ids=[made[0].place_id],
        lessee="booking:1",
        until=NOW + 10 * MINUTE,
        actor=VISITOR,
        now=NOW,
    )
    assert follow() == 1
    assert places(hall) == {"A1": ("booking:1", NOW + 10 * MINUTE, True, False)}
    assert Hold.objects.get().holder == AMINA.holder
    assert everything(hall)


def test_follow_never_gives_one_person_more_than_the_cap_r22(hall):
    hall.set(max_places=3)
    hold(hall, "A1", "A2")
    hold(hall, "B1", "B2", actor=VISITOR)
    assert follow() == 1
    assert {label: row[0] for label, row in places(hall).items()} == dict.fromkeys(("A1", "A2", "B1"), AMINA.holder)
    assert holds(hall)[-1] == ("B2", "released", NOW + MINUTE)
    assert everything(hall)


def test_follow_keeps_a_sofa_whole_at_the_cap_r22(hall):
    hall.set(max_places=3)
    hold(hall, "A1", "A2")
    hold(hall, "D1", actor=VISITOR)
    assert follow() == 0
    assert sorted(places(hall)) == ["A1", "A2"]
