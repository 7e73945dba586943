import datetime as dt
import signal
import subprocess
import sys
import threading

import pytest
from celery import current_app
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from core.kernel.broadcast import valkey
from core.outbox import relay
from core.outbox.actions import post
from core.outbox.models import Message

NOW = timezone.now()
LISTENING = "pg_stat_activity WHERE query = 'LISTEN foyer_outbox' AND datname = current_database()"


class Stop(Exception):
    pass


@pytest.fixture
def sent(monkeypatch):
    """What was handed to the broker; with `after` set the broker goes away after so many."""
    handed = []

    def send_task(name, *, kwargs, queue, retry):
        if sent.after is not None and len(handed) >= sent.after:
            raise OperationalError("nobody there")
        handed.append((name, kwargs, queue))

    def sent():
        return handed

    sent.after = None
    monkeypatch.setattr(current_app, "send_task", send_task)
    return sent


@pytest.mark.django_db
def test_relay_hands_each_due_message_to_its_queue(sent):
    first = post("tests.one", now=NOW, booking=7)
    second = post("tests.two", now=NOW, queue="documents", word="row")
    post("tests.later", now=NOW, not_before=NOW + dt.timedelta(minutes=5))

    assert relay.hand_over(now=NOW) == 2

    assert sent() == [
        ("tests.one", {"message_id": first.id, "booking": 7}, "default"),
        ("tests.two", {"message_id": second.id, "word": "row"}, "documents"),
    ]
    assert relay.hand_over(now=NOW) == 0


@pytest.mark.django_db
def test_relay_leaves_due_what_the_broker_did_not_take(sent):
    messages = [post("tests.one", now=NOW, number=number) for number in range(3)]
    sent.after = 1

    with pytest.raises(OperationalError):
        relay.hand_over(now=NOW)
    sent.after = None
    assert relay.hand_over(now=NOW) == 2

    assert [kwargs["message_id"] for _name, kwargs, _queue in sent()] == [message.id for message in messages]


@pytest.mark.django_db
def test_relay_hands_over_again_what_was_not_done_in_a_minute(sent):
    post("tests.one", now=NOW)
    relay.hand_over(now=NOW)
    assert relay.hand_over(now=NOW + dt.timedelta(seconds=59)) == 0
    assert relay.hand_over(now=NOW + dt.timedelta(seconds=61)) == 1


@pytest.mark.django_db
def test_relay_hands_over_again_at_once_what_a_broker_that_came_back_empty_has_lost(sent):
    relay.notice_forgetting()
    post("tests.one", now=NOW)
    assert relay.hand_over(now=NOW) == 1
    relay.notice_forgetting()
    assert relay.hand_over(now=NOW) == 0
    valkey().flushdb()
    relay.notice_forgetting()
    assert relay.hand_over(now=NOW) == 1
    relay.notice_forgetting()
    assert relay.hand_over(now=NOW) == 0


@pytest.mark.django_db
def test_relay_command_hands_over_once_and_says_how_many(sent, capsys):
    post("tests.one", now=NOW)
    call_command("relay", once=True)
    assert capsys.readouterr().out == "1 handed over\n"


@pytest.mark.django_db(transaction=True)
def test_relay_hears_of_a_commit_at_once_and_outlives_a_lost_connection(sent, monkeypatch):
    """The poll is put off so far that only NOTIFY can have woken the relay."""
    monkeypatch.setattr(relay, "LOOK_EVERY", 30.0)
    waits = []
    stopping = threading.Event()

    def clock():
        if stopping.is_set():
            raise Stop
        return timezone.now()

    def run():
        try:
            relay.run(clock=clock, wait=waits.append)
        except Stop:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    _until(lambda: _listeners() == 1)
    with transaction.atomic():
        post("tests.one", now=timezone.now())
        assert sent() == []
    _until(lambda: len(sent()) == 1)

    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_terminate_backend(pid) FROM {LISTENING}")
    _until(lambda: len(waits) == 1 and _listeners() == 1)
    post("tests.two", now=timezone.now())
    _until(lambda: len(sent()) == 2)

    stopping.set()
    post("tests.three", now=timezone.now() + dt.timedelta(hours=1))
    thread.join(timeout=10)
    assert not thread.is_alive()
    assert [name for name, _kwargs, _queue in sent()] == ["tests.one", "tests.two"]
    assert Message.objects.filter(handed_at=None).count() == 1


def _listeners():
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {LISTENING}")
        return cursor.fetchone()[0]


def _until(true):
    waiting = threading.Event()
    for _attempt in range(1200):
        if true():
            return
        waiting.wait(0.05)
    raise AssertionError("waited for a minute")


def test_relay_ends_when_told_to_even_where_cleaning_up_fails_in_between():
    """The database may go at the same moment; a relay had lived on, its exit lost to an error of psycopg's."""
    story = """
import django, os, signal, time
django.setup()
from core.outbox.management.commands import relay
relay.PATIENCE_SECONDS = 1
signal.signal(signal.SIGTERM, relay._end)
try:
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(1)
except SystemExit:
    time.sleep(20)
"""
    ended = subprocess.run([sys.executable, "-c", story], check=False)
    assert ended.returncode == -signal.SIGALRM
