"""The hall changes before everybody's eyes."""

import datetime as dt
import json
import re
from typing import Any

from django.utils import timezone
from playwright.sync_api import Page, Route, WebSocketRoute, expect

from core.catalog.models import Showtime
from core.seating.models import Hold, Place
from e2e.foyer import Foyer, until
from e2e.stories import steps
from e2e.stories.conftest import Noise

SHAKES = """seat => { window.shaken = 0; new MutationObserver(() => {
  if (seat.classList.contains('shake')) window.shaken += 1; }).observe(seat, {attributeFilter: ['class']}); }"""


def end_soon(showtime: Showtime, *, seconds: float) -> None:
    """What is held in the showtime ends in so many seconds."""
    end = timezone.now() + dt.timedelta(seconds=seconds)
    Hold.objects.filter(showtime=showtime, status=Hold.Status.ACTIVE).update(expires_at=end)
    Place.objects.filter(showtime=showtime, held_until__isnull=False).update(held_until=end)


def test_what_one_holds_the_other_sees_within_a_second_and_without_reload(
    amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """SE5: held, released, held again, sold: each on the other page at once."""
    steps.watch(bruno, showtime)
    steps.watch(amina, showtime)
    bruno.evaluate("window.notReloaded = true")
    steps.take(amina, "B2")
    steps.expect_seats(bruno, steps.HELD, ["B2"], timeout=1_000)
    expect(steps.seat(bruno, "B2")).to_have_accessible_name(re.compile("held by others"))
    steps.seat(amina, "B2").click()
    steps.expect_seats(amina, steps.FREE, ["B2"])
    steps.expect_seats(bruno, steps.FREE, ["B2"], timeout=1_000)
    steps.take(amina, "B2", "B3")
    steps.expect_seats(bruno, steps.HELD, ["B2", "B3"], timeout=1_000)
    steps.to_checkout(amina)
    steps.to_till(amina, email="two-browsers@foyer.example")
    steps.expect_seats(bruno, steps.HELD, ["B2", "B3"])
    steps.pay_at_till(amina)
    steps.expect_success(amina)
    steps.expect_seats(bruno, steps.SOLD, ["B2", "B3"])
    assert bruno.evaluate("window.notReloaded") is True


def test_socket_says_exactly_the_messages_of_the_protocol(amina: Page, bruno: Page, showtime: Showtime) -> None:
    """SE5: connection_confirmed, seat_update, bulk_seat_update with ISO times, each with its number; no names."""
    heard: list[dict[str, Any]] = []
    bruno.on("websocket", lambda socket: socket.on("framereceived", lambda text: heard.append(json.loads(text))))
    steps.watch(bruno, showtime)
    steps.watch(amina, showtime)
    steps.take(amina, "A1")
    steps.expect_seats(bruno, steps.HELD, ["A1"])
    amina.get_by_role("spinbutton", name="Seats").fill("2")
    amina.get_by_role("button", name="Hold the best seats").click()
    expect(bruno.locator("input.seat[data-s=h]")).to_have_count(3)
    said = [message for message in heard if message["type"] != "heartbeat"]
    first, single, several = said[:3]
    assert first | {"epoch": "", "sequence": 0} == {
        "type": "connection_confirmed",
        "screening_id": showtime.pk,
        "message": "Connected to real-time seat updates",
        "epoch": "",
        "sequence": 0,
    }
    assert set(single) == {"type", "seat_id", "status", "expires_at", "timestamp", "epoch", "sequence"}
    assert (single["type"], single["status"]) == ("seat_update", "reserved")
    assert set(several) == {"type", "updates", "timestamp", "epoch", "sequence"}
    assert several["type"] == "bulk_seat_update"
    assert [set(update) for update in several["updates"]] == [{"seat_id", "status", "expires_at"}] * 2
    times = [single["timestamp"], single["expires_at"], several["timestamp"]]
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{3})?Z", time) for time in times)
    assert [single["sequence"], several["sequence"]] == [first["sequence"] + 1, first["sequence"] + 2]
    assert {message["epoch"] for message in said} == {first["epoch"]}


def test_two_tabs_of_one_person_show_the_same_seats(amina: Page, showtime: Showtime) -> None:
    """SE5: what I hold in one tab is mine in the other, not somebody else's."""
    other = amina.context.new_page()
    for tab in (amina, other):
        steps.watch(tab, showtime)
    steps.take(amina, "A5")
    steps.expect_seats(other, steps.MINE, ["A5"])
    expect(other.locator("#selection")).to_have_attribute("data-count", "1")
    steps.seat(other, "A5").click()
    steps.expect_seats(other, steps.FREE, ["A5"])
    steps.expect_seats(amina, steps.FREE, ["A5"])
    assert not Hold.objects.filter(showtime=showtime, status=Hold.Status.ACTIVE).exists()


def listen_late(page: Page) -> None:
    """The network is slow to say what happens to seats: so slow that it is not said at all."""

    def between(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()
        server.on_message(lambda text: None if "seat_update" in str(text) else socket.send(text))

    page.route_web_socket(re.compile("/ws/"), between)


def test_race_for_one_seat_has_one_winner_and_the_loser_is_told(amina: Page, bruno: Page, showtime: Showtime) -> None:
    """SE2, SE7: both click in the same instant; the loser's seat shakes its head and somebody says why."""
    for page in (amina, bruno):
        listen_late(page)
        steps.watch(page, showtime)
        steps.seat(page, "C5").evaluate(SHAKES)
    at = round(timezone.now().timestamp() * 1000) + 300
    for page in (amina, bruno):
        steps.seat(page, "C5").evaluate("(seat, at) => { setTimeout(() => seat.click(), at - Date.now()); }", at)
    told = re.compile("C5 was just taken by someone else.")
    until(lambda: amina.get_by_text(told).count() + bruno.get_by_text(told).count(), "somebody is told")
    winner, loser = (bruno, amina) if amina.get_by_text(told).count() else (amina, bruno)
    steps.expect_seats(winner, steps.MINE, ["C5"])
    steps.expect_seats(loser, steps.HELD, ["C5"])
    assert winner.get_by_text(told).count() == 0
    assert Hold.objects.filter(showtime=showtime).count() == 1
    assert winner.evaluate("window.shaken") == 0
    assert loser.evaluate("window.shaken") >= 1


def test_click_before_the_script_has_come_is_asked_for_all_the_same(amina: Page, showtime: Showtime) -> None:
    """SE1: a slow network shows the plan first; what is ticked then is held as soon as the page can."""
    late: list[Route] = []
    amina.route("**/hall/main*.js", lambda route: late.append(route))
    amina.goto(steps.path_of(showtime), wait_until="commit")
    steps.seat(amina, "B6").click()
    assert Hold.objects.filter(showtime=showtime).count() == 0
    until(lambda: late, "the script is asked for")[0].continue_()
    steps.expect_seats(amina, steps.MINE, ["B6"])
    assert [hold.place.label for hold in Hold.objects.filter(showtime=showtime)] == ["B6"]


def test_hold_lapses_before_the_eyes_of_its_holder_and_of_others(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime
) -> None:
    """SE4, SE11: the page ends it by its own clock, and says so; the others see it free."""
    steps.watch(amina, showtime)
    steps.take(amina, "D4")
    end_soon(showtime, seconds=4)
    steps.watch(bruno, showtime)
    steps.expect_seats(bruno, steps.HELD, ["D4"])
    amina.reload()
    steps.expect_seats(amina, steps.MINE, ["D4"])
    steps.expect_seats(bruno, steps.FREE, ["D4"])
    steps.expect_seats(amina, steps.FREE, ["D4"])
    expect(amina.get_by_text("Your hold has ended").first).to_be_visible()
    steps.take(bruno, "D4")
    steps.expect_seats(amina, steps.HELD, ["D4"])


def test_hold_lapses_at_checkout_and_the_way_leads_back_to_the_grid(amina: Page, showtime: Showtime) -> None:
    """SE4, §5: back to the grid with the reason, and the same seats can be had."""
    steps.watch(amina, showtime)
    steps.take(amina, "D5")
    steps.to_checkout(amina)
    steps.give_contact(amina, email="lapsed@foyer.example")
    end_soon(showtime, seconds=0)
    steps.pay_button(amina).click()
    amina.wait_for_url(f"**{steps.path_of(showtime)}**")
    expect(amina.get_by_text("Your hold has ended").first).to_be_visible()
    steps.expect_seats(amina, steps.FREE, ["D5"])


def test_hold_is_extended_with_one_click_and_only_so_often(amina: Page, showtime: Showtime) -> None:
    """SE4, R8: the clock says more; after the organizer's number of extensions there is none left."""
    steps.watch(amina, showtime)
    steps.take(amina, "A3")
    first = Hold.objects.get(showtime=showtime).expires_at
    for extensions in (1, 2):
        amina.get_by_role("button", name="5 more minutes").click()
        until(
            lambda wanted=extensions: Hold.objects.get(showtime=showtime).extensions == wanted, f"{extensions} extended"
        )
    assert Hold.objects.get(showtime=showtime).expires_at > first + dt.timedelta(minutes=9)
    amina.reload()
    steps.expect_seats(amina, steps.MINE, ["A3"])


def test_lost_connection_is_shown_and_heals_by_itself(
    foyer: Foyer, amina: Page, bruno: Page, showtime: Showtime, noise: Noise
) -> None:
    """SE5: pages and sockets die; when they are back the page knows what it has missed."""
    noise.append(re.compile("WebSocket|ERR_CONNECTION_REFUSED|Failed to load resource: net::"))
    steps.watch(amina, showtime)
    foyer.kill("pages")
    expect(amina.locator("[data-live]").first).to_have_attribute("data-live", re.compile("lost|wait"))
    foyer.run("pages")
    until(lambda: foyer.answers("/healthz"), "pages again", seconds=60)
    steps.watch(bruno, showtime)
    steps.take(bruno, "A9")
    expect(amina.locator("[data-live]").first).to_have_attribute("data-live", "on", timeout=40_000)
    steps.expect_seats(amina, steps.HELD, ["A9"])
    steps.take(amina, "A8")
    steps.expect_seats(bruno, steps.HELD, ["A8"])
