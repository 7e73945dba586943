"""A message is neither lost nor in the way, whoever dies, fails or is away."""

import datetime as dt

import pytest
from celery import current_app
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.outbox import relay
from core.outbox.actions import mark_done, mark_failed, post, take_waiting
from core.outbox.models import Message

NOW = timezone.now()
SECOND = dt.timedelta(seconds=1)
pytestmark = pytest.mark.django_db


def due(now):
    return [message.task for message in take_waiting(now=now)]


def test_a_message_is_handed_over_again_when_the_relay_dies_between_taking_and_sending():
    post("tests.one", now=NOW)
    assert due(NOW) == ["tests.one"]
    assert due(NOW + 59 * SECOND) == []
    assert due(NOW + 61 * SECOND) == ["tests.one"]


def test_a_broker_that_is_away_for_long_makes_no_message_wait_longer_afterwards(monkeypatch):
    post("tests.one", now=NOW)

    def nobody(*_: object, **__: object) -> None:
        raise OperationalError("nobody there")

    monkeypatch.setattr(current_app, "send_task", nobody)
    for second in range(20):
        with pytest.raises(OperationalError):
            relay.hand_over(now=NOW + second * SECOND)
    back = NOW + 20 * SECOND
    monkeypatch.setattr(current_app, "send_task", lambda *_, **__: None)
    assert relay.hand_over(now=back) == 1
    assert Message.objects.get().attempts == 1
    assert due(back + 61 * SECOND) == ["tests.one"]


def test_a_task_that_always_fails_waits_longer_each_time_and_keeps_no_other_waiting():
    broken = post("tests.broken", now=NOW)
    waits, now = [], NOW
    while len(waits) < 9:
        before = now
        while not due(now):
            now += 10 * SECOND
        mark_failed(broken.pk, "RuntimeError()")
        waits.append(round((now - before) / dt.timedelta(minutes=1)))
    assert waits == [0, 1, 2, 4, 8, 16, 32, 60, 60]
    post("tests.good", now=now)
    assert due(now) == ["tests.good"]
    assert Message.objects.get(pk=broken.pk).last_error == "RuntimeError()"


def test_a_message_that_was_done_stays_done_when_a_late_failure_is_told():
    message = post("tests.one", now=NOW)
    mark_done(message.pk, now=NOW)
    mark_failed(message.pk, "too late")
    message.refresh_from_db()
    assert (message.done_at, message.last_error) == (NOW, "")
    assert due(NOW + dt.timedelta(days=1)) == []
