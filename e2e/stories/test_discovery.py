"""Finding something to go to, and the light to look at it in."""

import re

from playwright.sync_api import Page, expect

from core.catalog.models import Showtime
from e2e.cast import House
from e2e.stories import steps
from e2e.stories.conftest import Somebody


def test_search_finds_while_it_is_typed_and_the_way_back_works(amina: Page, saal: House, club: House) -> None:
    """DI1: no button, no reload, words without accents; the address can be shared and gone back from."""
    amina.goto("/")
    amina.evaluate("window.notReloaded = true")
    programme = amina.locator("#programme")
    expect(programme.get_by_role("link", name="Northern Drums").first).to_be_visible()
    amina.locator("#q").press_sequentially("salt ro", delay=20)
    expect(programme.get_by_role("link", name="Northern Drums")).to_have_count(0)
    expect(programme.get_by_role("link", name="The Salt Road").first).to_be_visible()
    expect(amina).to_have_url(re.compile(r"[?&]q=salt"))
    amina.locator("#q").fill("nothing like this")
    expect(programme.get_by_role("link", name="The Salt Road")).to_have_count(0)
    assert amina.evaluate("window.notReloaded") is True
    amina.reload()
    expect(amina.locator("#q")).to_have_value("nothing like this")


def test_day_and_venue_lead_to_the_showtime(amina: Page, house: House, showtime: Showtime) -> None:
    """DI2: a day's programme, the venue's page, the showtime."""
    day = showtime.local_start.date()
    amina.goto(f"/?day={day}")
    expect(amina.locator(f'#programme a[href="{steps.path_of(showtime)}"]').first).to_be_visible()
    amina.goto("/venues/")
    amina.get_by_role("main").get_by_role("link", name="Lichtspiele Graz").first.click()
    expect(amina.get_by_role("heading", name="Lichtspiele Graz").first).to_be_visible()
    amina.goto(f"/venues/{house.venue.slug}/?day={day}")
    amina.locator(f'a[href="{steps.path_of(showtime)}"]').first.click()
    expect(amina.get_by_role("heading", name="The Lantern Room").first).to_be_visible()


def test_lights_go_down_at_a_click_and_stay_down(amina: Page, somebody: Somebody) -> None:
    """Look: the switch works at once and is remembered; without JavaScript it is a form."""
    amina.goto("/")
    with amina.expect_response("**/scheme/"):
        amina.get_by_role("button", name="Turn the lights down").click()
    expect(amina.locator("html")).to_have_attribute("data-scheme", "dark")
    amina.goto("/venues/")
    expect(amina.locator("html")).to_have_attribute("data-scheme", "dark")
    plain = somebody(java_script_enabled=False, color_scheme="dark")
    plain.goto("/venues/")
    plain.get_by_role("button", name="Turn the lights up").click()
    assert plain.url.endswith("/venues/")
    expect(plain.locator("html")).to_have_attribute("data-scheme", "light")
