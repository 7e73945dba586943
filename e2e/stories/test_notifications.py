"""What people are told while they look elsewhere: the bell, text messages, and notifications of the device."""

import base64
import dataclasses
import json
import re
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.utils import timezone
from playwright.sync_api import Page, expect

from core.accounts.models import Membership, Role
from core.catalog.models import Showtime
from core.notifications.models import Delivery, PushDevice
from core.notifications.tests.provider import Answer, Provider, provider
from e2e.cast import House
from e2e.foyer import Foyer, until
from e2e.stories import steps
from e2e.stories.people import somebody_known

LIST = "/account/notifications/"


def expect_unread(page: Page, count: int) -> None:
    """The bell of an open page shows so many, and says so."""
    expect(page.locator("#bell")).to_have_attribute("data-unread", str(count))
    said = f"{count} unread notification{'s' if count > 1 else ''}" if count else "Notifications"
    expect(page.locator("#bell a")).to_have_accessible_name(said)


def log_in(page: Page, email: str) -> None:
    page.goto("/login/")
    steps.log_in(page, email)
    expect(page.locator("#bell")).to_be_visible()


def test_the_unread_count_rises_in_an_open_page_when_a_ticket_is_bought_in_another(
    amina: Page, amina_login: str, free_showtime: Showtime
) -> None:
    """NO1: by the socket, without a reload; reading in one page clears the bell of the other."""
    log_in(amina, amina_login)
    amina.goto("/venues/")
    expect_unread(amina, 0)
    amina.evaluate("window.notReloaded = true")
    other = amina.context.new_page()
    steps.watch(other, free_showtime)
    steps.take(other, "B2")
    steps.to_checkout(other)
    other.get_by_role("button", name="Get the tickets").click()
    steps.expect_success(other)
    expect_unread(amina, 1)
    expect_unread(other, 1)
    amina.locator("#bell a").click()
    expect(amina.get_by_role("heading", name=re.compile("Your tickets for The Lantern Room"))).to_be_visible()
    amina.evaluate("window.notReloaded = true")
    code = steps.code_of(other)
    other.goto(LIST)
    other.get_by_role("button", name="Show my tickets").click()
    other.wait_for_url(f"**/bookings/{code}/")
    expect_unread(amina, 0)
    expect(amina.locator(".notice-row.unread")).to_have_count(0)
    assert amina.evaluate("window.notReloaded") is True


def test_all_are_read_at_once_and_the_page_says_so(amina: Page, amina_login: str, free_showtime: Showtime) -> None:
    """NO1."""
    log_in(amina, amina_login)
    steps.watch(amina, free_showtime)
    steps.take(amina, "C2")
    steps.to_checkout(amina)
    amina.get_by_role("button", name="Get the tickets").click()
    steps.expect_success(amina)
    amina.goto(LIST)
    amina.get_by_role("button", name="Mark all as read").click()
    expect(amina.get_by_text("0 are unread.")).to_be_visible()
    expect_unread(amina, 0)


@pytest.fixture
def texts(foyer: Foyer) -> Iterator[Provider]:
    """A provider of text messages on this machine, which the workers use for as long as the story lasts."""
    with provider() as running:
        known = foyer.parts["worker"]
        address = f"twilio+http://AC1:secret@127.0.0.1:{running.port}?from=%2B43720123456"
        changed = {**(known.environment or {}), "SMS_URL": address}
        foyer.kill("worker")
        foyer.parts["worker"] = dataclasses.replace(known, environment=changed, process=None)
        foyer.run("worker")
        yield running
        foyer.kill("worker")
        foyer.parts["worker"] = dataclasses.replace(known, process=None)
        foyer.run("worker")


def test_a_code_arrives_by_text_though_the_provider_fails_and_falls_silent(
    amina: Page, house: House, texts: Provider
) -> None:
    """NO2, AC3: an error, then silence until patience ends, then the message; Otto is in by it."""
    number = "+436641230047"
    otto = somebody_known("Otto Lang", "otto-texts@foyer.example")
    otto.mobile, otto.mobile_verified_at = number, timezone.now()
    otto.save()
    Membership.objects.create(user=otto, organizer=house.organizer, role=Role.CLERK)
    texts.answers = [Answer(500), Answer(201, after=11), Answer(201)]
    amina.goto("/organizer/login/")
    steps.log_in(amina, otto.email)
    expect(amina.get_by_role("heading", name="The second step")).to_be_visible()
    failed = until(lambda: Delivery.objects.filter(to=number, attempts=1).first(), "the failure is noted", seconds=60)
    assert (failed.status, failed.error) == ("waiting", "Unreachable('the provider of text messages answered 500')")
    sent = until(lambda: Delivery.objects.filter(to=number, status="sent").first(), "it is sent", seconds=90)
    assert (sent.attempts, len(texts.asked)) == (3, 3)
    message = {name: value for name, [value] in parse_qs(texts.asked[-1].body.decode()).items()}
    assert (message["To"], message["From"]) == (number, "+43720123456")
    code = re.search(r"\b\d{6}\b", message["Body"])
    assert code
    amina.locator("input[name=code]").fill(code[0])
    amina.get_by_role("button", name="Log in").click()
    amina.wait_for_url("**/organizer/**")
    expect(amina.get_by_role("heading", name="The second step")).to_have_count(0)


def test_a_device_is_registered_by_a_click_and_shows_what_is_pushed_to_it(
    foyer: Foyer, amina: Page, amina_login: str
) -> None:
    """NO4: permission is asked for after the click only; the service worker shows the message and where it leads."""
    point = ec.generate_private_key(ec.SECP256R1()).public_key()
    raw = point.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = {"p256dh": base64.urlsafe_b64encode(raw).decode().strip("="), "auth": "c2l4dGVlbiBieXRlcyBvaw"}
    endpoint = f"https://93.184.216.34/send/{amina_login}"
    amina.context.grant_permissions(["notifications"])
    played = json.dumps({"endpoint": endpoint, "keys": keys})
    # Without the push service of a browser's maker there is nothing to subscribe to: this much of it is played.
    amina.add_init_script(f"""
      window.asked = 0;
      const ask = Notification.requestPermission.bind(Notification);
      Notification.requestPermission = () => {{ window.asked += 1; return ask(); }};
      PushManager.prototype.subscribe = async (options) => {{
        window.key = new Uint8Array(options.applicationServerKey).length;
        return {{ toJSON: () => ({played}) }};
      }};
    """)
    log_in(amina, amina_login)
    amina.goto(f"{LIST}preferences/")
    button = amina.get_by_role("button", name="Show them on this device")
    expect(button).to_be_visible()
    assert amina.evaluate("window.asked") == 0
    with amina.expect_request("**/account/notifications/devices/"):
        button.click()
    device = until(lambda: PushDevice.objects.filter(endpoint=endpoint).first(), "the device is registered")
    assert (device.user.email, device.p256dh, device.auth) == (amina_login, keys["p256dh"], keys["auth"])
    expect(amina.get_by_text("Chrome on Linux", exact=True)).to_be_visible()
    show_what_is_pushed(amina, foyer)
    amina.get_by_role("button", name=re.compile("^Remove")).click()
    expect(amina.get_by_text("This device is told nothing any more.")).to_be_visible()
    assert not PushDevice.objects.filter(endpoint=endpoint).exists()


def show_what_is_pushed(page: Page, foyer: Foyer) -> None:
    """A message comes to the service worker, as the browser's maker would bring it."""
    session = page.context.new_cdp_session(page)
    found: list[str] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: found.extend(one["registrationId"] for one in told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    until(lambda: page.wait_for_timeout(50) or found, "the service worker is there")
    data = '{"title": "Your tickets for Blue Hour", "body": "Tue 24 Nov 20:15", "path": "/tickets/", "tag": "t:1"}'
    pushed = {"origin": foyer.url, "registrationId": found[0], "data": data}
    session.send("ServiceWorker.deliverPushMessage", pushed)
    shown = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
      .map((one) => [one.title, one.body, one.tag, one.data.path])"""
    expected = [["Your tickets for Blue Hour", "Tue 24 Nov 20:15", "t:1", "/tickets/"]]
    until(lambda: page.wait_for_timeout(50) or page.evaluate(shown) == expected, "the notification is shown")
