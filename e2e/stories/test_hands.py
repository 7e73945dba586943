"""The whole purchase with the keyboard alone, and with a thumb on a phone."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.seating.models import Hold
from e2e.cast import House
from e2e.stories import steps
from e2e.stories.conftest import MakeShowtime, Somebody

FOCUSED = "element => element === document.activeElement"


def tab_to(page: Page, target: Locator, *, most: int = 60) -> None:
    """Press Tab until the focus is there, as somebody does who has no mouse."""
    expect(target).to_be_attached()
    for _ in range(most):
        if target.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{most} times Tab does not lead to {target}")


def type_into(page: Page, target: Locator, words: str) -> None:
    """Reach a field with Tab and type."""
    tab_to(page, target)
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.type(words)


def test_person_with_a_keyboard_buys_two_tickets(amina: Page, showtime: Showtime) -> None:
    """SE6: Tab leads into the grid and out of it, arrows walk it, Space takes and gives back, Enter sends."""
    steps.watch(amina, showtime)
    amina.locator("body").focus()
    tab_to(amina, amina.locator("input.seat[tabindex='0']"))
    amina.keyboard.press("Home")
    for _ in range(3):
        amina.keyboard.press("ArrowUp")
    assert steps.seat(amina, "A1").evaluate(FOCUSED)
    for key in ("ArrowRight", "ArrowRight", "ArrowDown"):
        amina.keyboard.press(key)
    assert steps.seat(amina, "B3").evaluate(FOCUSED)
    amina.keyboard.press("Space")
    steps.expect_seats(amina, steps.MINE, ["B3"])
    amina.keyboard.press("ArrowRight")
    amina.keyboard.press("Space")
    steps.expect_seats(amina, steps.MINE, ["B3", "B4"])
    amina.keyboard.press("ArrowRight")
    amina.keyboard.press("Space")
    steps.expect_seats(amina, steps.MINE, ["B5"])
    amina.keyboard.press("Space")
    steps.expect_seats(amina, steps.FREE, ["B5"])
    assert steps.seat(amina, "B5").evaluate(FOCUSED)
    tab_to(amina, amina.get_by_role("link", name="Checkout"))
    amina.keyboard.press("Enter")
    amina.wait_for_url("**/checkout/")
    type_into(amina, amina.get_by_label("Name", exact=True), "Amina Yilmaz")
    type_into(amina, amina.get_by_label("Email", exact=True), "keyboard@foyer.example")
    tab_to(amina, steps.pay_button(amina))
    amina.keyboard.press("Enter")
    amina.wait_for_url("**/c/pay/**")
    for field, words in (("#cardNumber", steps.GOOD_CARD), ("#cardExpiry", "12 / 34"), ("#cardCvc", "123")):
        type_into(amina, amina.locator(field), words)
    type_into(amina, amina.locator("#billingName"), "Amina Yilmaz")
    amina.keyboard.press("Enter")
    steps.expect_success(amina)
    assert Booking.objects.get(code=steps.code_of(amina)).lines.count() == 2
    tab_to(amina, amina.get_by_role("link", name="Show the tickets"))
    amina.keyboard.press("Enter")
    expect(amina.get_by_role("img", name="QR code of this ticket")).to_be_visible()


@pytest.fixture
def phone(somebody: Somebody) -> Page:
    """Amina's phone."""
    return somebody(viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True)


def assert_fits(page: Page) -> None:
    """Nothing sticks out at the side."""
    assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_person_with_a_phone_buys_two_tickets(phone: Page, saal: House, make_showtime: MakeShowtime) -> None:
    """SE1, look: a hall of 300 at 390 pixels; a finger finds a seat after one step of zoom."""
    showtime = make_showtime(of=saal)
    phone.goto("/")
    assert_fits(phone)
    phone.goto(f"/events/{saal.event.slug}/")
    assert_fits(phone)
    steps.watch(phone, showtime)
    assert_fits(phone)
    phone.get_by_role("button", name="Larger").tap()
    expect(steps.seat(phone, "H9")).to_be_visible()
    box = steps.seat(phone, "H9").bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24, box
    for label in ("H9", "H10"):
        steps.seat(phone, label).tap()
        steps.expect_seats(phone, steps.MINE, [label])
    phone.get_by_role("link", name="Checkout").tap()
    phone.wait_for_url("**/checkout/")
    assert_fits(phone)
    steps.give_contact(phone, email="phone@foyer.example")
    steps.pay_button(phone).tap()
    phone.wait_for_url("**/c/pay/**")
    steps.pay_at_till(phone)
    steps.expect_success(phone)
    assert_fits(phone)
    phone.get_by_role("link", name="Show the tickets").tap()
    expect(phone.get_by_role("img", name="QR code of this ticket")).to_be_visible()
    assert_fits(phone)
    code = phone.get_by_role("img", name="QR code of this ticket").bounding_box()
    assert code is not None and code["width"] >= 240
    assert Hold.objects.filter(showtime=showtime, status=Hold.Status.SOLD).count() == 2


def test_arrow_keys_pass_over_the_aisle_and_reach_the_sofas(
    amina: Page, saal: House, make_showtime: MakeShowtime
) -> None:
    """SE6: the grid is one stop of Tab; Home and End lead to the ends of the row, arrows over gaps."""
    steps.watch(amina, make_showtime(of=saal))
    steps.seat(amina, "D1").focus()
    amina.keyboard.press("End")
    assert steps.seat(amina, "D18").evaluate(FOCUSED)
    amina.keyboard.press("Home")
    assert steps.seat(amina, "D1").evaluate(FOCUSED)
    for _ in range(4):
        amina.keyboard.press("ArrowRight")
    assert steps.seat(amina, "D5").evaluate(FOCUSED)
    row = re.compile(r"row [A-Q], seat")
    for _ in range(13):
        amina.keyboard.press("ArrowDown")
    focused = amina.locator("input.seat:focus")
    expect(focused).to_have_accessible_name(row)
    expect(focused).to_have_accessible_name(re.compile("row Q,"))
