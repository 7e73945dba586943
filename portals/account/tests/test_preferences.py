"""What a person wants to be told, and their devices: NO3, NO4."""

import base64
import datetime as dt
from unittest import mock

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from core.audit.models import Record
from core.kernel import public_addresses
from core.notifications import queries
from core.notifications.actions import vapid_public_key
from core.notifications.kinds import KINDS
from core.notifications.models import Preference, PushDevice, VapidKey

NOW = dt.datetime(2026, 11, 21, 17, 0, tzinfo=dt.UTC)
PAGE, DEVICES = "/account/notifications/preferences/", "/account/notifications/devices/"
POINT = ec.generate_private_key(ec.SECP256R1()).public_key()
P256DH = base64.urlsafe_b64encode(POINT.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)).decode().strip("=")
AUTH = base64.urlsafe_b64encode(b"sixteen bytes ok").decode().strip("=")
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
DEVICE = {"endpoint": "https://push.example/send/abc", "p256dh": P256DH, "auth": AUTH}


@pytest.fixture
def visitor(client, amina):
    client.force_login(amina)
    return client


@pytest.fixture(autouse=True)
def outside(monkeypatch):
    """Every name is at a public address, but for those that say so."""

    def numbers(host, _port):
        if host == "inside.example":
            raise public_addresses.NotPublic
        return ["93.184.216.34"]

    monkeypatch.setattr(public_addresses, "public_numbers", numbers)


def test_the_table_shows_every_kind_with_its_channels_and_what_always_goes_is_fixed_no3(visitor):
    table = visitor.get(PAGE).context["table"]
    rows = [row for _group, group in table for row in group]
    assert {row.kind.name for row in rows} == {kind.name for kind in KINDS.values() if kind.label}
    cells = {cell.name: cell for row in rows for cell in row.cells}
    assert (cells["code.mail"].fixed, cells["code.text"].fixed, cells["code.push"].offered) == (True, True, False)
    assert (cells["tickets_cancelled.mail"].fixed, cells["tickets_cancelled.mail"].wanted) == (False, True)
    assert (cells["showtime_cancelled.text"].offered, cells["showtime_cancelled.text"].wanted) == (True, False)
    page = visitor.get(PAGE).content.decode()
    assert 'name="code.mail"' not in page


def test_saving_keeps_exactly_what_is_ticked_no3(visitor, amina):
    answer = visitor.post(PAGE, {"showtime_cancelled.text": "on", "code.mail": "", "nonsense.mail": "on"})
    assert (answer.status_code, answer.url) == (302, PAGE)
    cells = {
        cell.name: cell.wanted for _g, rows in queries.preference_table(amina) for row in rows for cell in row.cells
    }
    assert {name for name, wanted in cells.items() if wanted} == {
        "showtime_cancelled.text",
        *(f"{kind.name}.{channel}" for kind in KINDS.values() if kind.label for channel in kind.always),
    }
    assert not Preference.objects.filter(kind="nonsense").exists()
    visitor.post(PAGE, {"tickets_cancelled.mail": "on"})
    wanted = Preference.objects.filter(user=amina, wanted=True).values_list("kind", "channel")
    assert list(wanted) == [("tickets_cancelled", "mail")]


def test_the_preferences_ask_as_often_with_three_devices_as_with_one_no3(visitor, amina, django_assert_num_queries):
    vapid_public_key(NOW)
    for number in range(3):
        PushDevice.objects.create(
            user=amina, endpoint=f"https://push.example/{number}", p256dh=P256DH, auth=AUTH, created_at=NOW
        )
        with django_assert_num_queries(6):
            visitor.get(PAGE)


def test_a_device_is_registered_once_logged_and_shown_no4(visitor, amina):
    for _ in range(2):
        assert visitor.post(DEVICES, DEVICE, headers={"User-Agent": FIREFOX}).status_code == 204
    device = PushDevice.objects.get()
    assert (device.user, device.endpoint, device.user_agent) == (amina, DEVICE["endpoint"], FIREFOX)
    assert Record.objects.filter(action="account.device_added").count() == 1
    assert "Firefox on Linux" in visitor.get(PAGE).content.decode()


def test_a_device_belongs_to_whoever_registered_it_last_no4(visitor, amina, bruno):
    PushDevice.objects.create(user=bruno, p256dh=P256DH, auth=AUTH, endpoint=DEVICE["endpoint"], created_at=NOW)
    assert visitor.post(DEVICES, DEVICE).status_code == 204
    assert PushDevice.objects.get().user == amina


def test_a_person_has_ten_devices_at_most_no4(visitor, amina):
    for number in range(12):
        visitor.post(DEVICES, DEVICE | {"endpoint": f"https://push.example/{number}"})
    assert PushDevice.objects.filter(user=amina).count() == 10
    assert PushDevice.objects.filter(endpoint="https://push.example/11").exists()


@pytest.mark.parametrize(
    "wrong",
    [
        {"endpoint": "http://push.example/abc"},
        {"endpoint": "https://push.example:8443/abc"},
        {"endpoint": "https://inside.example/abc"},
        {"endpoint": ""},
        {"endpoint": "https://push.example/" + "a" * 1_000},
        {"p256dh": "AAAA"},
        {"p256dh": ""},
        {"p256dh": "é"},
        {"auth": "c2hvcnQ"},
        {"auth": "\0"},
    ],
)
def test_what_is_no_device_or_leads_inside_is_refused_no4(visitor, wrong):
    answer = visitor.post(DEVICES, DEVICE | wrong)
    assert answer.status_code == 422
    assert answer.content
    assert PushDevice.objects.count() == 0


def test_a_device_can_be_removed_by_its_person_only_no4(visitor, client, amina, bruno):
    device = PushDevice.objects.create(
        user=amina, p256dh=P256DH, auth=AUTH, endpoint="https://a.example", created_at=NOW
    )
    client.force_login(bruno)
    assert client.post(f"{DEVICES}{device.pk}/removal/").status_code == 404
    assert PushDevice.objects.count() == 1
    client.force_login(amina)
    assert client.post(f"{DEVICES}{device.pk}/removal/").url == PAGE
    assert PushDevice.objects.count() == 0
    assert Record.objects.filter(action="account.device_removed").count() == 1


def test_the_key_is_made_once_and_lies_sealed_no4(visitor):
    first = visitor.get(PAGE).context["push_key"]
    assert visitor.get(PAGE).context["push_key"] == first
    key = VapidKey.objects.get()
    assert key.public_key == first
    assert len(base64.urlsafe_b64decode(first + "=")) == 65
    assert len(key.sealed_private_key) > 100


def test_the_environments_key_is_used_where_there_is_one_no4(visitor, settings):
    settings.VAPID_PRIVATE_KEY = base64.urlsafe_b64encode(bytes(31) + b"\7").decode().strip("=")
    assert visitor.get(PAGE).context["push_key"] == vapid_public_key(NOW)
    assert VapidKey.objects.count() == 0


def test_the_service_worker_is_served_from_the_top_and_never_from_a_cache_no4(client):
    answer = client.get("/worker.js")
    assert answer["Content-Type"].startswith("text/javascript")
    assert (answer["Cache-Control"], answer["Service-Worker-Allowed"]) == ("no-cache", "/")
    assert b"showNotification" in answer.content


def test_nothing_is_pushed_with_nobody_asking_no4(visitor):
    with mock.patch("core.kernel.public_addresses.outward_session") as session:
        visitor.get(PAGE)
    session.assert_not_called()
