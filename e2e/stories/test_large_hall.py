"""A concert hall of two thousand seats: found on a phone, quick on a desk."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from core.catalog.models import TicketType
from e2e.cast import House
from e2e.foyer import Foyer
from e2e.stories import steps
from e2e.stories.conftest import Arranging, MakeShowtime, Somebody
from e2e.stories.rooms import room_like

OPENED = "() => { const [page] = performance.getEntriesByType('navigation'); return page.domComplete; }"
LARGEST_OPENING_MS = 4_000


@pytest.fixture(scope="module")
def hall(foyer: Foyer, house: House, arranging: Arranging) -> House:
    """Stalls, circle, balcony and boxes."""
    prices = {TicketType.ADULT: 3200}
    with arranging():
        return room_like(house, "concert_hall", title="Late Schubert", slug="late-schubert", prices=prices)


def test_finger_that_is_too_large_for_a_seat_comes_closer_first(
    somebody: Somebody, hall: House, make_showtime: MakeShowtime
) -> None:
    """Look, SE1: the whole hall first; one tap comes closer, the minimap says where, the next tap holds."""
    phone = somebody(viewport={"width": 390, "height": 844}, device_scale_factor=2, has_touch=True, is_mobile=True)
    steps.watch(phone, make_showtime(of=hall))
    assert phone.evaluate("document.documentElement.scrollWidth") == 390
    expect(phone.locator(".minimap")).to_be_hidden()
    seats = phone.locator("input.seat[data-s=a][data-t=st]")
    seat = seats.nth(seats.count() // 2)
    seat.tap()
    expect(phone.locator(".minimap")).to_be_visible()
    box = seat.bounding_box()
    assert box is not None and min(box["width"], box["height"]) >= 24, box
    name = seat.get_attribute("id")
    seat.tap()
    expect(phone.locator(f"#{name}")).to_have_attribute("data-s", steps.MINE)
    phone.get_by_role("button", name="Whole hall").tap()
    expect(phone.locator(".minimap")).to_be_hidden()
    expect(phone.locator("#selection")).to_have_attribute("data-count", "1")


def test_large_hall_opens_and_stays_live(
    amina: Page, bruno: Page, hall: House, make_showtime: MakeShowtime, record_property: Any
) -> None:
    """SE1, SE5: all seats are there, and what one holds the other sees."""
    showtime = make_showtime(of=hall)
    for page in (amina, bruno):
        steps.watch(page, showtime)
    assert amina.locator("input.seat").count() == showtime.seat_map.seat_count
    amina.reload()
    opened = amina.evaluate(OPENED)
    record_property(f"a hall of {showtime.seat_map.seat_count} seats opens", f"{opened:.0f} ms")
    assert opened < LARGEST_OPENING_MS
    amina.locator("#best-quantity").fill("4")
    amina.get_by_role("button", name="Hold the best seats").click()
    expect(amina.locator("input.seat[data-s=m]")).to_have_count(4)
    expect(bruno.locator("input.seat[data-s=h]")).to_have_count(4, timeout=1_500)
