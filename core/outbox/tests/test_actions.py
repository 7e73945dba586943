"""Messages: claimed once, handed over again when lost, done when their task says so."""

import datetime as dt

import pytest
from django.db import transaction

from core.outbox import actions, tasks
from core.outbox.models import Message
from e2e.cast import NOW

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
RAN: list[int] = []


@tasks.outbox_task("outbox.for_the_tests")
def for_the_tests(number: int) -> None:
    """Note that it ran, or fail."""
    RAN.append(number)
    if number < 0:
        raise RuntimeError("as asked")


@pytest.fixture(autouse=True)
def _ran() -> None:
    RAN.clear()


def post(number: int = 1, **more) -> Message:
    return actions.post("outbox.for_the_tests", now=NOW, number=number, **more)


def taken(now: dt.datetime) -> list[int]:
    return [message.arguments["number"] for message in actions.take_waiting(now=now)]


def test_a_message_is_taken_once():
    post()
    assert (taken(NOW), taken(NOW)) == ([1], [])


def test_a_message_waits_until_it_is_due():
    post(not_before=NOW + MINUTE)
    assert (taken(NOW), taken(NOW + MINUTE)) == ([], [1])


def test_a_message_is_due_at_once_when_the_clock_of_its_poster_is_ahead():
    """Chaos: with one web worker 90 s ahead, its mails and Stripe's events waited 90 s for the relay."""
    actions.post("outbox.for_the_tests", now=NOW + dt.timedelta(seconds=90), number=1)
    assert (taken(NOW), taken(NOW)) == ([1], [])


def test_messages_are_taken_in_the_order_in_which_they_are_due():
    post(1, not_before=NOW - MINUTE)
    post(2, not_before=NOW - 2 * MINUTE)
    assert taken(NOW) == [2, 1]


def test_a_message_that_rolls_back_was_never_posted():
    with transaction.atomic():
        post()
        transaction.set_rollback(True)
    assert taken(NOW) == []


def test_a_lost_message_is_handed_over_again_after_ever_longer_waits():
    post()
    at, waits = NOW, []
    for _ in range(9):
        assert taken(at) == [1]
        due = Message.objects.get().not_before
        waits.append((due - at) // MINUTE)
        assert taken(due - dt.timedelta(seconds=1)) == []
        at = due + dt.timedelta(seconds=1)
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_message_that_is_done_is_never_taken_again():
    message = post()
    for_the_tests(message_id=message.pk, number=1)
    assert (taken(NOW), taken(NOW + dt.timedelta(days=9)), RAN) == ([], [], [1])


def test_a_task_run_twice_works_once():
    message = post()
    for _ in range(2):
        for_the_tests(message_id=message.pk, number=1)
    assert RAN == [1]


def test_a_task_that_fails_leaves_its_reason_and_stays_waiting():
    message = post(-1)
    assert taken(NOW) == [-1]
    with pytest.raises(RuntimeError):
        for_the_tests(message_id=message.pk, number=-1)
    message.refresh_from_db()
    assert (message.done_at, message.last_error) == (None, "RuntimeError('as asked')")
    assert taken(NOW + 2 * MINUTE) == [-1]


def test_what_the_broker_did_not_take_is_due_at_once():
    message = post()
    taken(NOW)
    actions.return_unhanded([message.pk])
    assert taken(NOW) == [1]


def test_what_a_broker_has_lost_is_due_at_once_however_often_it_was_handed_over():
    """Chaos: mails that Valkey had lost several times, without one failure, waited for a quarter of an hour."""
    lost, failed, done = post(1), post(2), post(3)
    for minutes in (0, 1, 3):
        actions.take_waiting(now=NOW + minutes * MINUTE)
    actions.mark_failed(failed.id, "the mail server says no")
    actions.mark_done(done.id, now=NOW)
    assert taken(NOW + 4 * MINUTE) == []
    assert actions.start_over() == 1
    assert taken(NOW + 4 * MINUTE) == [1]
    lost.refresh_from_db()
    assert lost.attempts == 1


def test_forgetting_deletes_what_was_done_before_and_nothing_that_waits():
    done, waiting = post(1), post(2)
    actions.mark_done(done.pk, now=NOW)
    assert actions.forget_done(before=NOW) == 0
    assert actions.forget_done(before=NOW + MINUTE) == 1
    assert Message.objects.get() == waiting
