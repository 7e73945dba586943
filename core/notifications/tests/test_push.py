"""Web Push: encrypted for the device, signed as ours, and the device forgotten when it has gone (NO4)."""

import base64
import datetime as dt
import json
import os
import re
import ssl
import time

import http_ece
import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

from core.accounts.models import User
from core.kernel import public_addresses
from core.notifications.actions import deliver, notify, vapid_public_key
from core.notifications.models import Delivery, PushDevice
from core.notifications.tests.provider import Answer, provider

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
WORDS = {"event": "The Lantern Room", "venue": "Studio", "starts": "2026-11-24T20:15:00+01:00", "booking": "ABC"}


def packed(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def unpacked(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@pytest.fixture
def service(monkeypatch, tmp_path):
    """A push service at https://push.example, which is this machine, with a certificate that is believed."""
    authority, context = trustme.CA(), ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("push.example").configure_cert(context)
    believed = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(believed))
    real = public_addresses.outward_session

    def believing(*, seconds):
        session = real(seconds=seconds)
        session.verify = str(believed)
        return session

    monkeypatch.setattr("core.notifications.push_gateway.outward_session", believing)
    monkeypatch.setattr("core.notifications.push_gateway.is_at_usual_port", lambda endpoint: True)
    monkeypatch.setattr(public_addresses, "public_numbers", lambda _host, _port: ["127.0.0.1"])
    with provider(context) as running:
        yield running


class Browser:
    """What a browser keeps for itself when it registers."""

    def __init__(self) -> None:
        self.private, self.secret = ec.generate_private_key(ec.SECP256R1()), os.urandom(16)

    def registered(self, user: User, port: int) -> PushDevice:
        point = self.private.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return PushDevice.objects.create(
            user=user, endpoint=f"https://push.example:{port}/send/1", p256dh=packed(point), auth=packed(self.secret),
            created_at=NOW,
        )  # fmt: skip

    def read(self, body: bytes) -> dict[str, str]:
        plain = http_ece.decrypt(body, private_key=self.private, auth_secret=self.secret, version="aes128gcm")
        return json.loads(plain)


@pytest.fixture
def amina() -> User:
    return User.objects.create_user("amina@foyer.example", joined_at=NOW)


@pytest.fixture
def browser() -> Browser:
    return Browser()


def pushed(user: User) -> Delivery:
    told = notify("booking_confirmed", user=user, about="booking:7", once_key="booking:7", now=NOW, **WORDS)
    [delivery] = [one for one in told if one.channel == "push"]
    return delivery


def test_the_device_alone_reads_the_message_and_the_signature_is_ours_no4(service, amina, browser):
    device = browser.registered(amina, service.port)
    delivery = pushed(amina)
    deliver(delivery.pk, now=NOW)
    [asked] = service.asked
    assert asked.path == "/send/1"
    assert browser.read(asked.body) == {
        "title": "Your tickets for The Lantern Room",
        "body": "Tue 24 Nov 20:15, Studio",
        "path": "/bookings/ABC/",
        "tag": "booking_confirmed:booking:7",
    }
    assert b"Lantern" not in asked.body
    assert (asked.headers["Content-Encoding"], asked.headers["TTL"]) == ("aes128gcm", "86400")
    said = re.fullmatch(r"vapid t=([\w-]+)\.([\w-]+)\.([\w-]+),k=([\w-]+)", asked.headers["Authorization"])
    assert said
    assert said[4] == vapid_public_key(NOW)
    assert Vapid02.verify(asked.headers["Authorization"])
    claims = json.loads(unpacked(said[2]))
    assert claims == {
        "aud": f"https://push.example:{service.port}",
        "sub": "mailto:tickets@foyer.localhost",
        "exp": int((NOW + dt.timedelta(hours=12)).timestamp()),
    }
    delivery.refresh_from_db()
    device.refresh_from_db()
    assert (delivery.status, device.last_used_at) == ("sent", NOW)


def test_a_forged_signature_is_not_ours_no4(service, amina, browser):
    browser.registered(amina, service.port)
    deliver(pushed(amina).pk, now=NOW)
    head, body, _signature = service.asked[0].headers["Authorization"].split(",k=")[0].split(".")
    forged = f"{head}.{body}.{packed(bytes(64))},k={vapid_public_key(NOW)}"
    assert not Vapid02.verify(forged)


@pytest.mark.parametrize("status", [404, 410])
def test_a_device_that_has_gone_is_removed_no4(service, amina, browser, status):
    browser.registered(amina, service.port)
    service.answers = [Answer(status)]
    delivery = pushed(amina)
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.error) == ("dropped", "the device has gone and was removed")
    assert PushDevice.objects.count() == 0


@pytest.mark.parametrize("status", [429, 500, 503, 403, 302])
def test_what_passes_is_tried_again_and_the_device_kept_no4(service, amina, browser, status):
    browser.registered(amina, service.port)
    service.answers = [Answer(status, headers={"Location": "http://127.0.0.1/"}), Answer(201)]
    delivery = pushed(amina)
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.next_try_at) == ("waiting", NOW + dt.timedelta(minutes=1))
    assert str(status) in delivery.error
    deliver(delivery.pk, now=delivery.next_try_at)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.attempts, PushDevice.objects.count()) == ("sent", 2, 1)


def test_a_message_that_the_service_will_never_take_is_given_up_no4(service, amina, browser):
    browser.registered(amina, service.port)
    service.answers = [Answer(413)]
    delivery = pushed(amina)
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.status, PushDevice.objects.count()) == ("dropped", 1)


def test_a_service_that_has_moved_inside_our_network_is_never_called_no4(amina, browser):
    with provider() as inside:
        device = browser.registered(amina, inside.port)
        device.endpoint = "https://127.0.0.1/send/1"
        device.save()
        delivery = pushed(amina)
        deliver(delivery.pk, now=NOW)
        delivery.refresh_from_db()
        assert (delivery.status, inside.asked) == ("dropped", [])
        assert delivery.error == "the push service is not at a public address"


def test_a_service_that_drips_for_ever_is_cut_off_and_tried_again_no4(service, amina, browser, monkeypatch):
    monkeypatch.setattr("core.notifications.push_gateway.TIMEOUT_SECONDS", 0.5)
    browser.registered(amina, service.port)
    service.answers = [Answer(500, headers={"Content-Length": "1000000"}, dripping=True)]
    delivery, begun = pushed(amina), time.monotonic()
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.status, time.monotonic() - begun < 5) == ("waiting", True)


def test_no_more_than_the_beginning_of_an_answer_is_read_no4(service, amina, browser):
    browser.registered(amina, service.port)
    service.answers = [Answer(500, body=b"no" * 5_000)]
    delivery = pushed(amina)
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert delivery.error.count("no") == 100


def test_a_service_at_another_port_is_never_called_no4(amina, browser):
    with provider() as other:
        browser.registered(amina, other.port)
        delivery = pushed(amina)
        deliver(delivery.pk, now=NOW)
        delivery.refresh_from_db()
        assert (delivery.status, other.asked) == ("dropped", [])
        assert delivery.error == "the push service is at a port that none has"


def test_nothing_goes_to_a_device_that_was_removed_or_is_somebody_elses_by_now_no4(service, amina, browser):
    device = browser.registered(amina, service.port)
    delivery = pushed(amina)
    PushDevice.objects.filter(pk=device.pk).update(user=User.objects.create_user("bruno@foyer.example"))
    deliver(delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert (delivery.status, service.asked) == ("dropped", [])


def test_every_device_is_told_and_one_that_fails_keeps_no_other_waiting_no4(service, amina, browser):
    first = browser.registered(amina, service.port)
    other = Browser()
    PushDevice.objects.filter(pk=first.pk).update(endpoint=first.endpoint + "/first")
    other.registered(amina, service.port)
    service.answers = [Answer(500), Answer(201)]
    told = notify("booking_confirmed", user=amina, about="booking:7", once_key="booking:7", now=NOW, **WORDS)
    pushes = [one for one in told if one.channel == "push"]
    for delivery in pushes:
        deliver(delivery.pk, now=NOW)
    assert sorted(Delivery.objects.filter(channel="push").values_list("status", flat=True)) == ["sent", "waiting"]
    assert other.read(service.asked[1].body)["title"] == "Your tickets for The Lantern Room"
