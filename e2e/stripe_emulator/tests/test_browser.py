"""The hosted page in Chromium with JavaScript switched off, wide and narrow; and nothing that axe objects to."""

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from e2e.stripe_emulator.tests.conftest import World

AXE = Path(__file__).resolve().parents[2] / "vendor" / "axe.min.js"


def opened(browser: Browser, **options: Any) -> Page:
    """A fresh page."""
    return browser.new_context(**options).new_page()


@pytest.mark.parametrize("width", [1280, 390])
def test_customer_pays_without_javascript_after_a_decline_and_a_bank(
    world: World, browser: Browser, width: int
) -> None:
    """docs.stripe.com/testing: declined, then 3-D Secure, then success_url; all with plain forms."""
    session = world.session(success_url=f"{world.url}/?paid={{CHECKOUT_SESSION_ID}}", cancel_url=f"{world.url}/?left")
    page = opened(browser, java_script_enabled=False, viewport={"width": width, "height": 800})
    page.goto(session.url)
    assert page.locator("h1").inner_text() == "Foyer"
    page.fill("#email", "amina@example.com")
    fill_card(page, "4000000000000002")
    page.click("#submit")
    assert "Your card was declined." in page.get_by_role("alert").inner_text()
    fill_card(page, "4000002500003155")
    page.click("#submit")
    page.click("#complete")
    assert page.url == f"{world.url}/?paid={session.id}"
    assert world.checkout.retrieve(session.id).payment_status == "paid"
    page.goto(session.url)
    assert page.locator("h1").inner_text() == "You have already paid"


def fill_card(page: Page, number: str) -> None:
    """Types a card."""
    page.fill("#cardNumber", number)
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")


def test_customer_leaves_by_the_cancel_link(world: World, browser: Browser) -> None:
    """docs.stripe.com/api/checkout/sessions/create#cancel_url: the way back; the session stays open."""
    session = world.session(cancel_url=f"{world.url}/?left")
    page = opened(browser, java_script_enabled=False)
    page.goto(session.url)
    page.click("#cancel")
    assert page.url == f"{world.url}/?left"
    assert world.checkout.retrieve(session.id).status == "open"


def test_page_fits_a_phone(world: World, browser: Browser) -> None:
    """Ours: nothing is cut off at 390 pixels."""
    page = opened(browser, viewport={"width": 390, "height": 844})
    page.goto(world.session().url)
    assert page.evaluate("document.documentElement.scrollWidth") == 390


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_the_pages(world: World, browser: Browser, scheme: Any) -> None:
    """Ours: labels, contrast, landmarks, in both schemes."""
    ended = world.session()
    world.checkout.expire(ended.id)
    setup = world.session(mode="setup", line_items=None, currency="eur")
    page = opened(browser, color_scheme=scheme, bypass_csp=True)
    for url in (world.session().url, setup.url, ended.url):
        page.goto(url)
        page.add_script_tag(path=AXE)
        found = page.evaluate("axe.run().then(result => result.violations.map(one => one.id))")
        assert found == [], url
