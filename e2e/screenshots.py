"""The README's pictures, taken of a running demo: `python -m e2e.screenshots [http://localhost:8000] [docs/images]`.

Home, an event, the plan of 300 seats, the concert hall, checkout and a ticket; on a desk and a phone, light and dark.
It holds seats and buys tickets in that demo, as a visitor would.
"""

import argparse
import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from e2e.browser import CHROMIUM, FLAGS

FILM, CONCERT = "the-salt-road", "from-the-new-world"
SIZES = {1440: 960, 390: 844}
SCHEMES = ("light", "dark")


def take(page: Page, folder: Path, name: str) -> None:
    """Save what is on the screen, with as few colours as it takes."""
    page.wait_for_load_state("networkidle")
    page.evaluate("document.fonts.ready")
    with Image.open(io.BytesIO(page.screenshot(animations="disabled"))) as shot:
        small = shot.convert("RGB").quantize(256, dither=Image.Dither.FLOYDSTEINBERG)
    small.save(folder / f"{name}.png", optimize=True)
    print(folder / f"{name}.png")


def open_plan(page: Page, event: str, *, most_free: int, least_free: int) -> None:
    """Open a showtime of the event that is neither empty nor nearly full."""
    page.goto(f"/events/{event}/")
    paid = page.locator('a.show[href^="/showtimes/"]').filter(has_not_text="Free")
    paths = paid.evaluate_all("all => all.map((one) => one.getAttribute('href'))")
    for path in dict.fromkeys(paths):
        page.goto(path)
        free = page.locator("input.seat[data-s=a]").count()
        if least_free <= free <= most_free and page.locator("[data-hall]").count():
            return
    raise SystemExit(f"No showtime of {event} has between {least_free} and {most_free} seats left.")


def hold_best(page: Page, quantity: int) -> None:
    """Hold the best seats."""
    page.locator("[data-live=on]").first.wait_for()
    page.locator("#best-quantity").fill(str(quantity))
    page.locator("#best button.block").click()
    page.locator(f"#selection[data-count='{quantity}']").wait_for()
    page.evaluate("scrollTo(0, 0)")


def fill_contact(page: Page) -> None:
    """Say who gets the tickets."""
    page.locator("#id_name").fill("Amina Haddad")
    page.locator("#id_email").fill("amina@foyer.example")
    page.locator("#id_email").blur()
    page.evaluate("scrollTo(0, 0)")


def at_the_till(page: Page) -> None:
    """Pay at the stand-in for Stripe and open the ticket."""
    page.locator("#order button.primary").click()
    page.wait_for_url("**/c/pay/**")
    page.goto(f"{page.url}?fill=ok")
    page.click("#submit")
    page.locator("a.btn.primary[href^='/tickets/']").click()
    page.locator(".qr.large img").wait_for()


def visit(browser: Browser, url: str, folder: Path, width: int, scheme: str) -> None:
    """One visit with one screen."""
    context = browser.new_context(
        base_url=url, viewport={"width": width, "height": SIZES[width]}, color_scheme=scheme, reduced_motion="reduce",
        has_touch=width < 500, is_mobile=width < 500,
    )  # fmt: skip
    page, end = context.new_page(), f"{width}-{scheme}"
    page.goto("/")
    take(page, folder, f"home-{end}")
    page.goto(f"/events/{FILM}/")
    take(page, folder, f"event-{end}")
    open_plan(page, CONCERT, least_free=300, most_free=1_700)
    hold_best(page, 2)
    take(page, folder, f"hall-{end}")
    open_plan(page, FILM, least_free=60, most_free=270)
    hold_best(page, 3)
    take(page, folder, f"showtime-{end}")
    page.goto(f"{page.url.rstrip('/')}/checkout/")
    fill_contact(page)
    take(page, folder, f"checkout-{end}")
    at_the_till(page)
    take(page, folder, f"ticket-{end}")
    context.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m e2e.screenshots", description=__doc__)
    parser.add_argument("url", nargs="?", default="http://localhost:8000")
    parser.add_argument("folder", nargs="?", type=Path, default=Path("docs/images"))
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    own = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=FLAGS, **own)
        for width in SIZES:
            for scheme in SCHEMES:
                visit(browser, given.url, given.folder, width, scheme)
        browser.close()


if __name__ == "__main__":
    main()
