"""The one door to the sockets: what goes out, how often, and what happens when nobody answers."""

import asyncio
import threading
import time

import pytest
import redis
from django.db import transaction

from core.kernel import broadcast


class Layer:
    """Remembers what is sent; fails as often as it is told to."""

    def __init__(self, failures=0):
        self.failures, self.sent, self.news = failures, [], threading.Event()

    async def group_send(self, topic, message):
        await asyncio.sleep(0)
        if self.failures:
            self.failures -= 1
            raise redis.ConnectionError("Connection closed by server.")
        self.sent.append((time.monotonic(), topic, message["content"]))
        self.news.set()

    def wait_for(self, count):
        end = time.monotonic() + 5
        while len(self.sent) < count and time.monotonic() < end:
            self.news.wait(0.05)
            self.news.clear()
        assert len(self.sent) == count
        return [content for _at, _topic, content in self.sent]


@pytest.fixture
def layer(monkeypatch):
    made = Layer()
    monkeypatch.setattr(broadcast, "get_channel_layer", lambda: made)
    return made


def tell(keys, render=sorted, topic="test.broadcast"):
    broadcast.announce(topic, keys, lambda changed: {"keys": render(changed)})


@pytest.mark.django_db(transaction=True)
def test_announce_sends_after_the_commit_and_only_then(layer):
    with transaction.atomic():
        tell({1})
        time.sleep(0.15)
        assert layer.sent == []
    [content] = layer.wait_for(1)
    assert content["keys"] == [1]


@pytest.mark.django_db(transaction=True)
def test_announce_sends_nothing_of_what_was_rolled_back(layer):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        tell({1})
        raise ZeroDivisionError
    tell({2})
    assert [content["keys"] for content in layer.wait_for(1)] == [[2]]


@pytest.mark.django_db(transaction=True)
def test_the_first_change_goes_at_once_and_what_follows_goes_together(layer):
    begun = time.monotonic()
    tell({1})
    layer.wait_for(1)
    for key in (2, 3, 4):
        tell({key})
    first, second = layer.wait_for(2)
    assert layer.sent[0][0] - begun < 0.1
    assert layer.sent[1][0] - layer.sent[0][0] >= 0.09
    assert (first["keys"], second["keys"]) == ([1], [2, 3, 4])
    assert second["sequence"] == first["sequence"] + 1
    assert second["epoch"] == first["epoch"] != ""


@pytest.mark.django_db(transaction=True)
def test_the_number_is_taken_before_the_state_is_read(layer):
    read = []
    tell({1}, render=lambda changed: read.append(broadcast.position("test.order")[1]) or [], topic="test.order")
    [content] = layer.wait_for(1)
    assert read == [content["sequence"]]


@pytest.mark.django_db(transaction=True)
def test_a_stale_connection_is_tried_once_more_and_while_it_is_dead_the_changes_wait(layer):
    layer.failures = 1
    tell({1})
    layer.wait_for(1)
    layer.failures = 2
    tell({2})
    time.sleep(0.3)
    tell({3})
    contents = layer.wait_for(2)
    assert [content["keys"] for content in contents] == [[1], [2, 3]]
    # The page sees the gap, and fetches what it may have missed.
    assert contents[1]["sequence"] == contents[0]["sequence"] + 2


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_once_valkey_is_back_when_not_even_its_number_was_to_be_had(layer, monkeypatch):
    numbers, tries = broadcast._numbers, []

    def away_at_first(topic, *, step):
        tries.append(topic)
        if len(tries) == 1:
            raise redis.TimeoutError("Timeout reading from socket")
        return numbers(topic, step=step)

    monkeypatch.setattr(broadcast, "_numbers", away_at_first)
    tell({1})
    assert [content["keys"] for content in layer.wait_for(1)] == [[1]]


@pytest.mark.django_db(transaction=True)
def test_a_broken_rendering_keeps_no_other_topic_waiting(layer):
    tell({1}, render=lambda changed: 1 / 0, topic="test.broken")
    tell({2})
    assert [content["keys"] for content in layer.wait_for(1)] == [[2]]


@pytest.mark.django_db(transaction=True)
def test_announcing_fails_no_request_when_no_thread_can_be_started(monkeypatch):
    monkeypatch.setattr(broadcast, "_gatherers", {})
    monkeypatch.setattr(broadcast, "Gatherer", lambda: 1 / 0)
    with transaction.atomic():
        tell({1})


def test_threads_that_announce_first_at_once_share_one_gatherer(monkeypatch):
    made = []

    def slow():
        time.sleep(0.05)
        made.append(object())
        return made[-1]

    monkeypatch.setattr(broadcast, "_gatherers", {})
    monkeypatch.setattr(broadcast, "Gatherer", slow)
    threads = [threading.Thread(target=broadcast._gatherer) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1


def test_position_has_no_epoch_while_valkey_is_away(monkeypatch):
    away = redis.Redis(host="127.0.0.1", port=9, socket_connect_timeout=0.2)
    monkeypatch.setattr(broadcast, "valkey", lambda: away)
    assert broadcast.position("test.away") == ("", 0)
