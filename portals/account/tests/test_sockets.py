"""The socket of a person (NO1): through the real channel layer, in Valkey."""

import datetime as dt
import json
from contextlib import asynccontextmanager
from importlib import import_module

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from channels.routing import URLRouter
from channels.testing import WebsocketCommunicator
from django.conf import settings
from django.test import Client

from core.accounts.models import User
from core.notifications import live
from core.notifications.actions import mark_read, notify
from portals import watching
from portals.account.routing import websocket_urlpatterns

pytestmark = pytest.mark.django_db(transaction=True)
SOCKETS = URLRouter(websocket_urlpatterns)
PATIENCE = 5
NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)


@pytest.fixture
def amina(db):
    return User.objects.create_user("amina@foyer.example", "opening-night", joined_at=NOW)


@pytest.fixture
def bruno(db):
    return User.objects.create_user("bruno@foyer.example", "opening-night", joined_at=NOW)


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    return client.session.session_key


def story(told) -> None:
    """Run it in an event loop of its own, and leave nothing running."""

    async def run() -> None:
        try:
            await told()
        finally:
            await watching.house().close()
            await get_channel_layer().flush()

    async_to_sync(run)()


@asynccontextmanager
async def socket(session_key="", address=""):
    communicator = WebsocketCommunicator(SOCKETS, "/ws/me/")
    communicator.scope["cookies"] = {settings.SESSION_COOKIE_NAME: session_key} if session_key else {}
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


async def closed(communicator):
    said = await communicator.receive_output(timeout=PATIENCE)
    return said.get("code") if said["type"] == "websocket.close" else said


def tell(user, once="booking:1"):
    notify("booking_confirmed", user=user, once_key=once, now=NOW, event="The Lantern Room", booking="ABC")


def test_an_open_page_hears_that_something_was_told_and_not_what_no1(amina):
    key = session_of(amina)

    async def told():
        async with socket(key) as page, socket(key) as phone:
            first = await heard(page)
            assert first == await heard(phone)
            assert (first["type"], first["unread"]) == ("connected", 0)
            await sync_to_async(tell)(amina)
            said = await heard(page)
            assert said == {"type": "changed", "epoch": first["epoch"], "sequence": first["sequence"] + 1}
            assert await heard(phone) == said
            await sync_to_async(mark_read)(user=amina, now=NOW)
            assert (await heard(page))["sequence"] == first["sequence"] + 2
        async with socket(key) as later:
            assert (await heard(later))["unread"] == 0
            await sync_to_async(tell)(amina, "booking:2")
            await heard(later)
        async with socket(key) as later:
            assert (await heard(later))["unread"] == 1

    story(told)


def test_nobody_hears_of_somebody_else_no1(amina, bruno):
    key = session_of(bruno)

    async def told():
        async with socket(key) as stranger:
            await heard(stranger)
            await sync_to_async(tell)(amina)
            assert await stranger.receive_nothing(timeout=0.4)

    story(told)


@pytest.mark.parametrize("key", ["", "nonsense", "a" * 32])
def test_a_socket_without_a_session_is_closed_no1(db, key):
    async def told():
        async with socket(key) as visitor:
            assert await closed(visitor) == 4401

    story(told)


def test_a_session_of_a_visitor_and_one_of_an_old_password_open_nothing_no1(amina):
    visitor = import_module(settings.SESSION_ENGINE).SessionStore()
    visitor["visitor"] = "anon:1"
    visitor.create()
    old = session_of(amina)
    amina.set_password("another-evening")
    amina.save()

    async def told():
        for key in (visitor.session_key, old):
            async with socket(key) as page:
                assert await closed(page) == 4401

    story(told)


def test_the_socket_closes_at_once_when_its_session_is_ended_and_no_other_does_no1(amina):
    ended, kept = session_of(amina), session_of(amina)

    @sync_to_async
    def end():
        import_module(settings.SESSION_ENGINE).SessionStore(ended).delete()
        live.end_sessions(amina.pk)

    async def told():
        async with socket(ended) as lost, socket(kept) as page:
            await heard(lost)
            await heard(page)
            await end()
            assert await closed(lost) == 4401
            assert await page.receive_nothing(timeout=0.3)
            await sync_to_async(tell)(amina)
            assert (await heard(page))["type"] == "changed"

    story(told)


def test_the_heartbeat_closes_the_socket_of_a_session_that_ended_unsaid_no1(amina, monkeypatch):
    monkeypatch.setattr(watching, "HEARTBEAT_SECONDS", 0.1)
    key = session_of(amina)

    async def told():
        async with socket(key) as page:
            await heard(page)
            assert (await heard(page))["type"] == "heartbeat"
            await sync_to_async(User.objects.filter(pk=amina.pk).update)(is_active=False)
            while (said := await page.receive_output(timeout=PATIENCE))["type"] == "websocket.send":
                pass
            assert said["code"] == 4401

    story(told)


def test_more_sockets_from_one_address_than_allowed_are_refused_no1(amina, monkeypatch):
    monkeypatch.setattr(watching, "MOST_PER_NETWORK", 1)
    key = session_of(amina)

    async def told():
        async with socket(key, "192.0.2.7") as first, socket(key, "192.0.2.7") as second:
            assert (await heard(first))["type"] == "connected"
            assert await closed(second) == 4429

    story(told)
