"""The socket of a showtime: SE5, SE8. Through the real channel layer, in Valkey."""

import asyncio
import datetime as dt
import json
from collections.abc import Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator

from core.catalog.models import Event, Showtime
from core.kernel import broadcast, watchers
from core.seating import actions, live
from core.seating.models import Hold, Place
from core.seating.tests.stage import AMINA, build_hall
from portals import watching
from portals.customer.routing import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)
SOCKETS = URLRouter(websocket_urlpatterns)
PATIENCE = 5


@pytest.fixture
def hall(db):
    made = build_hall()
    Showtime.objects.update(
        starts_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=3), ends_at=dt.datetime.now(dt.UTC) + dt.timedelta(days=4)
    )
    return made


def story(told: Callable[[], Awaitable[None]]) -> None:
    """Run it in an event loop of its own, and leave nothing running."""

    async def run() -> None:
        try:
            await told()
        finally:
            await watching.house().close()
            await get_channel_layer().flush()

    async_to_sync(run)()


@asynccontextmanager
async def socket(showtime_id, address=""):
    communicator = WebsocketCommunicator(SOCKETS, f"/ws/screenings/{showtime_id}")
    if address:
        communicator.scope["client"] = [address, 40000]
    connected, _ = await communicator.connect(timeout=PATIENCE)
    assert connected
    try:
        yield communicator
    finally:
        await communicator.disconnect()


async def heard(communicator):
    return json.loads(await communicator.receive_from(timeout=PATIENCE))


@sync_to_async
def hold(hall, *labels):
    # What is told is the state of the present moment, so the hold has to be of the present too.
    return actions.hold(showtime=hall.fresh(), seat_ids=hall.seats(*labels), actor=AMINA, now=dt.datetime.now(dt.UTC))


@sync_to_async
def release(hall):
    return actions.release(showtime=hall.fresh(), actor=AMINA, now=dt.datetime.now(dt.UTC))


@sync_to_async
def position(hall):
    return broadcast.position(live.topic(hall.showtime.pk))


def test_opening_is_confirmed_with_the_number_that_is_current_se5(hall):
    async def told():
        async with socket(hall.showtime.pk) as amina:
            epoch, number = await position(hall)
            assert await heard(amina) == {
                "type": "connection_confirmed",
                "screening_id": hall.showtime.pk,
                "message": "Connected to real-time seat updates",
                "epoch": epoch,
                "sequence": number,
            }

    story(told)


def test_a_hold_and_its_release_reach_everybody_who_looks_numbered_one_by_one_se5(hall):
    async def told():
        async with socket(hall.showtime.pk) as amina, socket(hall.showtime.pk) as bruno:
            confirmed = await heard(amina)
            assert (await heard(bruno))["sequence"] == confirmed["sequence"]
            made = await hold(hall, "A1")
            first, same = await heard(amina), await heard(bruno)
            assert first == same
            assert first == {
                "type": "seat_update",
                "seat_id": hall.ids["A1"],
                "status": "reserved",
                "expires_at": live.iso(made[0].expires_at),
                "timestamp": first["timestamp"],
                "epoch": confirmed["epoch"],
                "sequence": confirmed["sequence"] + 1,
            }
            await release(hall)
            second = await heard(bruno)
            assert (second["status"], second["sequence"]) == ("available", confirmed["sequence"] + 2)

    story(told)


def test_several_seats_are_told_in_one_message_se5(hall):
    async def told():
        async with socket(hall.showtime.pk) as amina:
            await heard(amina)
            await hold(hall, "A1", "A2")
            message = await heard(amina)
            assert message["type"] == "bulk_seat_update"
            updates = [(update["seat_id"], update["status"]) for update in message["updates"]]
            assert updates == [(seat_id, "reserved") for seat_id in hall.seats("A1", "A2")]

    story(told)


def test_changes_within_a_tenth_of_a_second_are_gathered_after_the_first_se5(hall):
    async def told():
        async with socket(hall.showtime.pk) as amina:
            start = (await heard(amina))["sequence"]
            for label in ("A1", "A2", "A3", "A4"):
                await hold(hall, label)
            seen, last = set(), start
            while len(seen) < 4:
                message = await heard(amina)
                last += 1
                assert message["sequence"] == last
                seen |= {update["seat_id"] for update in message.get("updates", [message])}
            assert seen == set(hall.seats("A1", "A2", "A3", "A4"))
            assert last - start <= 4

    story(told)


def test_nobody_is_told_of_another_showtime(hall):
    async def told():
        other = await sync_to_async(another_showtime)(hall)
        async with socket(other.pk) as bruno:
            await heard(bruno)
            await hold(hall, "A1")
            assert await bruno.receive_nothing(timeout=0.4)

    story(told)


def another_showtime(hall):
    return Showtime.objects.create(
        event=hall.showtime.event,
        room=hall.showtime.room,
        seat_map=hall.showtime.seat_map,
        starts_at=hall.showtime.starts_at + dt.timedelta(days=9),
        ends_at=hall.showtime.starts_at + dt.timedelta(days=9, hours=2),
        status=Showtime.Status.ON_SALE,
    )


def test_a_socket_for_what_the_public_may_not_see_is_closed(hall):
    async def told():
        for showtime_id in (999_999, hall.showtime.pk):
            async with socket(showtime_id) as stranger:
                assert await stranger.receive_output(timeout=PATIENCE) == {
                    "type": "websocket.close",
                    "code": 4404,
                }

    Event.objects.update(status=Event.Status.DRAFT)
    story(told)


def test_what_a_client_says_is_not_listened_to_and_much_of_it_ends_the_talk(hall):
    async def told():
        async with socket(hall.showtime.pk) as amina:
            await heard(amina)
            await amina.send_to(text_data='{"type":"seat_update","seat_id":1,"status":"booked"}')
            await amina.send_to(bytes_data=b"\x00")
            assert await amina.receive_nothing(timeout=0.2)
            await amina.send_to(text_data="x" * 60_000)
            assert await amina.receive_output(timeout=PATIENCE) == {"type": "websocket.close", "code": 4413}
        assert await sync_to_async(Place.objects.filter(sold=True).count)() == 0

    story(told)


def test_the_heartbeat_carries_the_newest_number_to_all_by_one_task_se5(hall, monkeypatch):
    monkeypatch.setattr(watching, "HEARTBEAT_SECONDS", 0.2)
    asked = []
    real = broadcast.position
    monkeypatch.setattr(broadcast, "position", lambda topic: asked.append(topic) or real(topic))

    async def told():
        async with socket(hall.showtime.pk) as amina, socket(hall.showtime.pk) as bruno:
            confirmed = await heard(amina)
            await heard(bruno)
            opened = len(asked)
            beat = {"type": "heartbeat", "epoch": confirmed["epoch"], "sequence": confirmed["sequence"]}
            for _ in range(2):
                assert [await heard(amina), await heard(bruno)] == [beat, beat]
            assert len(asked) - opened <= 3

    story(told)


def test_with_valkey_away_the_socket_opens_says_so_and_heals_se5(hall, monkeypatch):
    monkeypatch.setattr(watching, "HEARTBEAT_SECONDS", 0.2)
    monkeypatch.setattr(watching, "RETRY_SECONDS", 0.1)
    monkeypatch.setattr(watching, "FIRST_ANSWER_SECONDS", 0.2)
    away = True

    class Gone:
        async def new_channel(self):
            raise ConnectionRefusedError

    layer = get_channel_layer()
    monkeypatch.setattr(watching, "get_channel_layer", lambda: Gone() if away else layer)

    async def told():
        nonlocal away
        async with socket(hall.showtime.pk) as amina:
            confirmed = await heard(amina)
            assert (confirmed["type"], confirmed["epoch"]) == ("connection_confirmed", "")
            assert await heard(amina) == {"type": "heartbeat", "epoch": "", "sequence": 0}
            away = False
            while (await heard(amina))["epoch"] == "":
                pass
            await hold(hall, "A1")
            while (message := await heard(amina))["type"] == "heartbeat":
                pass
            assert message["seat_id"] == hall.ids["A1"]

    story(told)


def test_a_hold_succeeds_and_nobody_hears_of_it_when_valkey_is_away(hall, monkeypatch, caplog):
    def refuse(*args, **kwargs):
        raise broadcast.redis.ConnectionError("gone")

    monkeypatch.setattr(broadcast, "valkey", refuse)
    assert broadcast.position("showtime.1") == ("", 0)
    assert watchers.watchers() == {}
    actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("A1"), actor=AMINA, now=dt.datetime.now(dt.UTC))
    assert Hold.objects.count() == 1


def test_sockets_are_counted_over_all_and_forgotten_when_they_close_se8(hall, monkeypatch):
    monkeypatch.setattr(watching, "TELL_SECONDS", 0.01)

    async def counted(wanted):
        for _ in range(100):
            if (found := await sync_to_async(watchers.watchers)()) == wanted:
                return True
            await asyncio.sleep(0.03)
        raise AssertionError(found)

    async def told():
        async with socket(hall.showtime.pk) as amina, socket(hall.showtime.pk) as bruno:
            await heard(amina)
            await heard(bruno)
            assert await counted({hall.showtime.pk: 2})
            await bruno.disconnect()
            assert await counted({hall.showtime.pk: 1})
        assert await counted({})

    story(told)


def test_counts_of_a_process_that_died_expire_se8(hall):
    watchers.tell("dead", {1: 4})
    watchers.tell("living", {1: 2})
    assert 0 < broadcast.valkey().ttl("foyer:watchers:dead") <= 30
    broadcast.valkey().delete("foyer:watchers:dead")
    assert watchers.watchers() == {1: 2}
    assert broadcast.valkey().smembers("foyer:watchers") == {"living"}


@pytest.mark.parametrize(("first", "second"), [("192.0.2.7", "192.0.2.7"), ("2001:db8::1", "2001:db8::2")])
def test_sockets_beyond_the_cap_of_an_address_are_closed_and_free_a_place_when_one_leaves(
    hall, monkeypatch, first, second
):
    monkeypatch.setattr(watching, "MOST_PER_NETWORK", 2)

    async def told():
        async with socket(hall.showtime.pk, first) as amina:
            await heard(amina)
            async with socket(hall.showtime.pk, second) as bruno:
                await heard(bruno)
                async with socket(hall.showtime.pk, second) as third:
                    assert await third.receive_output(timeout=PATIENCE) == {"type": "websocket.close", "code": 4429}
                async with socket(hall.showtime.pk, "198.51.100.4") as olga:
                    assert (await heard(olga))["type"] == "connection_confirmed"
            async with socket(hall.showtime.pk, first) as again:
                assert (await heard(again))["type"] == "connection_confirmed"

    story(told)


@pytest.mark.parametrize("address", ["", "127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_sockets_are_not_counted_when_their_client_is_not_known(hall, monkeypatch, address):
    monkeypatch.setattr(watching, "MOST_PER_NETWORK", 0)

    async def told():
        async with socket(hall.showtime.pk, address) as amina:
            assert (await heard(amina))["type"] == "connection_confirmed"

    story(told)
