"""Two people with Chromium who look at the same showtime: one clicks, and the other's page is watched.

Like the load it reads a job, says that it is ready, and then clicks for as long as each further line says; to "look" it
answers with what the watched page has shown since then.
"""

import json
import sys
import time
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from e2e.browser import CHROMIUM, FLAGS

EVERY = 1.0
CLICK = """id => {
  const at = performance.timeOrigin + performance.now();
  const seat = document.getElementById("s" + id);
  seat.click();
  return [id, seat.checked ? "h" : "a", at];
}"""
WATCH = """() => {
  window.seen = [];
  new MutationObserver((changes) => {
    const at = performance.timeOrigin + performance.now();
    for (const { target } of changes) window.seen.push([Number(target.value), target.dataset.s, at]);
  }).observe(document.getElementById("seats"), {attributes: true, attributeFilter: ["data-s"], subtree: true});
}"""

SEEN = "() => window.seen.splice(0)"


def come(browser: Browser, url: str) -> Page:
    """Somebody new opens the showtime's page and waits until it is live."""
    page = browser.new_context().new_page()
    page.goto(url)
    page.wait_for_selector("[data-live=on]", state="attached", timeout=60_000)
    return page


def click(page: Page, seats: list[int], seconds: float) -> list[tuple[int, str, float]]:
    """Once a second, in turn: hold a seat, give it back. What others should see of it, and when it was clicked."""
    clicks: list[tuple[int, str, float]] = []
    began = time.perf_counter()
    for number in range(max(2, round(seconds / EVERY))):
        page.wait_for_timeout(max(0.0, (began + number * EVERY - time.perf_counter()) * 1000))
        seat = seats[number // 2 % len(seats)]
        clicks.append(page.evaluate(CLICK, seat))
    return clicks


def main() -> None:
    """One job."""
    job: dict[str, Any] = json.loads(sys.stdin.readline())
    own = {"executable_path": str(CHROMIUM)} if CHROMIUM.exists() else {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(args=FLAGS, **own)
        amina, bruno = come(browser, job["url"]), come(browser, job["url"])
        print("ready", flush=True)
        bruno.evaluate(WATCH)
        while order := sys.stdin.readline().strip():
            told = bruno.evaluate(SEEN) if order == "look" else click(amina, job["seats"], float(order))
            print(json.dumps(told), flush=True)
        browser.close()


if __name__ == "__main__":
    main()
