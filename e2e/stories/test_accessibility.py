"""axe walks every page of the customer portal and of the account, light and dark, on a desk and on a phone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

from e2e.cast import House
from e2e.foyer import Foyer
from e2e.stories import stage as stages
from e2e.stories.conftest import REFUSED, Arranging, MakeShowtime
from e2e.stories.stage import Stage
from e2e.stories.walk import NO_PAGE, STOPS
from portals.account import urls as own_urls
from portals.account.door_pages import door_patterns
from portals.checkin import urls as checkin_urls
from portals.customer import urls as customer_urls
from portals.merchant import urls as merchant_urls
from portals.organizer import urls as organizer_urls

PORTALS = (customer_urls, organizer_urls, merchant_urls, checkin_urls)

AXE = (Path(__file__).resolve().parents[1] / "vendor" / "axe.min.js").read_text()
RUN = """async (scheme) => {
  const frame = () => new Promise(requestAnimationFrame);
  while (!matchMedia(`(prefers-color-scheme: ${scheme})`).matches) await frame();
  await frame();
  await frame();
  const {violations} = await axe.run(document, {resultTypes: ["violations"]});
  return violations.map((found) => {
    const where = found.nodes.slice(0, 3).map(({html, failureSummary}) => `${html.slice(0, 160)} (${failureSummary})`);
    return `${found.id}: ${found.help}: ${where.join(" | ")}`;
  });
}"""
# Colours in between two schemes are nobody's design.
STILL = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync("*, *::before, *::after { transition: none !important; animation: none !important }");
  document.adoptedStyleSheets = [sheet];
}"""
WRONG = "<!doctype html><html lang=en><title>Wrong</title><style>div {width: 2000px} body {margin: 0}</style>"
WRONG += "<main><h1>Wrong</h1><div><img src=data:,><input></div></main>"


@pytest.fixture(scope="module")
def stage(
    foyer: Foyer, house: House, club: House, saal: House, browser: Browser, arranging: Arranging,
    make_showtime: MakeShowtime,
) -> Iterator[Stage]:  # fmt: skip
    """One of everything, for the whole walk."""
    with arranging():
        made = stages.build(Stage(foyer, house, club, saal), browser, make_showtime)
    yield made


def test_every_address_of_the_portal_and_the_account_is_on_the_walk() -> None:
    """A page that nobody has put into the tables fails here."""
    names = {f"{urls.app_name}:{pattern.name}" for urls in PORTALS for pattern in urls.urlpatterns}
    names |= {str(pattern.name) for pattern in own_urls.urlpatterns}
    names |= {str(pattern.name) for pattern in door_patterns()}
    walked = {stop.name for stop in STOPS}
    assert walked & set(NO_PAGE) == set()
    assert names - walked - set(NO_PAGE) == set()
    assert (walked | set(NO_PAGE)) - names == {"outbox"}


def test_walk_sees_what_is_wrong(amina: Page) -> None:
    """The walk itself: a picture without words, a field without a name, and a page that is too wide are found."""
    amina.route("**/wrong", lambda route: route.fulfill(body=WRONG, content_type="text/html"))
    found = look(amina, "/wrong", 200, 1280)
    assert {trouble.partition(":")[0] for trouble in found} >= {"image-alt", "label", "2000 pixels wide"}


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_and_the_console_is_silent(stage: Stage, browser: Browser, width: int) -> None:
    """Look, §6: no violation of any rule on any page, light and dark; no error and no breach of the policy."""
    found: dict[str, list[str]] = {}
    for who in stage.cookies:
        context = stage.context(browser, who, viewport={"width": width, "height": 900}, reduced_motion="reduce")
        page = context.new_page()
        said: list[str] = []
        page.on("console", lambda message, said=said: hear(message, said))
        page.on("pageerror", lambda error, said=said: said.append(str(error)))
        for stop in (stop for stop in STOPS if stop.who == who):
            trouble = look(page, stop.path(stage), stop.status, width) + said
            if trouble:
                found[str(stop)] = trouble
            said.clear()
        context.close()
    assert found == {}, "\n".join(f"{where}: {what}" for where, what in found.items())


def look(page: Page, path: str, status: int, width: int) -> list[str]:
    """Open a page; what is wrong with it, in the light and in the dark."""
    page.emulate_media(color_scheme="light")
    answer = page.goto(path)
    assert answer is not None
    if answer.status != status:
        return [f"answers {answer.status}"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    trouble = [f"{wide} pixels wide"] if wide > width else []
    page.evaluate(STILL)
    page.evaluate(AXE)
    trouble += page.evaluate(RUN, "light")
    page.emulate_media(color_scheme="dark")
    return trouble + [f"dark: {found}" for found in page.evaluate(RUN, "dark")]


def hear(message: ConsoleMessage, said: list[str]) -> None:
    """Remember what stands in the console, but for refusals."""
    told = f"{message.text} ({message.location['url']})"
    if message.type in ("error", "warning") and not REFUSED.search(told):
        said.append(told)
