"""What people do in the stories, step by step."""

import re
from collections.abc import Iterable

from playwright.sync_api import Locator, Page, expect

from core.accounts.models import Code
from core.catalog.models import Showtime
from e2e.foyer import Foyer, until
from e2e.mailbox import text_of
from e2e.stories.people import PASSWORD

GOOD_CARD = "4242424242424242"
DECLINED_CARD = "4000000000000002"
BANK_CARD = "4000002500003155"

MINE, FREE, HELD, SOLD, BLOCKED = "m", "a", "h", "s", "b"


def path_of(showtime: Showtime) -> str:
    """The address of a showtime's page."""
    return f"/showtimes/{showtime.pk}/"


def said(label: str) -> re.Pattern[str]:
    """However a seat is called: "B7", "Stalls, row B, seat 7"."""
    return re.compile(rf"\b{label[0]}(, seat )?{label[1:]}\b", re.IGNORECASE)


def seat(page: Page, label: str) -> Locator:
    """The form control of a seat, found by what a screen reader says: "B7" is row B, seat 7."""
    return page.get_by_role("checkbox", name=re.compile(rf"\brow {label[0]}, seat {label[1:]},", re.IGNORECASE))


def expect_seats(page: Page, state: str, labels: Iterable[str], *, timeout: float | None = None) -> None:
    """All of these seats are in that state, and none of them is waiting for an answer."""
    for label in labels:
        expect(seat(page, label)).to_have_attribute("data-s", state, timeout=timeout)
        expect(seat(page, label)).not_to_have_attribute("aria-busy", "true", timeout=timeout)


def watch(page: Page, showtime: Showtime) -> None:
    """Open the page of a showtime; it is live from now on."""
    page.goto(path_of(showtime))
    expect(page.locator("[data-live]").first).to_have_attribute("data-live", "on")


def take(page: Page, *labels: str) -> None:
    """Click seats until they are held."""
    for label in labels:
        seat(page, label).click()
        expect_seats(page, MINE, [label])


def give_contact(page: Page, *, name: str = "Amina Yilmaz", email: str) -> None:
    """Fill in who gets the tickets."""
    page.get_by_label("Name", exact=True).fill(name)
    page.get_by_label("Email", exact=True).fill(email)


def pay_button(page: Page) -> Locator:
    """The button that leads to Stripe."""
    return page.get_by_role("button", name=re.compile(r"^Pay "))


def to_checkout(page: Page) -> None:
    """From the held seats to checkout."""
    page.get_by_role("link", name="Checkout").or_(page.get_by_role("button", name="Checkout")).first.click()
    page.wait_for_url("**/checkout/")


def to_till(page: Page, *, name: str = "Amina Yilmaz", email: str) -> None:
    """From checkout to Stripe's page."""
    give_contact(page, name=name, email=email)
    pay_button(page).click()
    page.wait_for_url("**/c/pay/**")


def pay_at_till(page: Page, card: str = GOOD_CARD) -> None:
    """Type a card at Stripe's page and pay."""
    page.fill("#cardNumber", card)
    page.fill("#cardExpiry", "12 / 34")
    page.fill("#cardCvc", "123")
    page.fill("#billingName", "Amina Yilmaz")
    page.click("#submit")


def expect_success(page: Page) -> None:
    """The page that says that the tickets are there."""
    expect(page.get_by_role("heading", name="Enjoy the show")).to_be_visible()


def buy(page: Page, showtime: Showtime, *labels: str, email: str) -> str:
    """The whole purchase; the booking's code."""
    watch(page, showtime)
    take(page, *labels)
    to_checkout(page)
    to_till(page, email=email)
    pay_at_till(page)
    expect_success(page)
    return code_of(page)


def code_of(page: Page) -> str:
    """The code of the booking whose page this is."""
    found = re.search(r"/bookings/([^/]+)/", page.url)
    assert found, page.url
    return found[1]


def session_of(page: Page) -> str:
    """The id of the Checkout Session whose page this is."""
    found = re.search(r"/c/pay/([^/?]+)", page.url)
    assert found, page.url
    return found[1]


def log_in(page: Page, email: str) -> None:
    """Fill in the log-in form and send it with Enter."""
    page.locator("input[name=login]").fill(email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("input[name=password]").press("Enter")


def fill_registration(page: Page, email: str, *, mobile: str = "") -> None:
    """Fill in the registration form and send it with Enter."""
    an_hour_later()
    page.locator("input[name=name]").fill("Amina Yilmaz")
    page.locator("input[name=email]").fill(email)
    page.locator("input[name=mobile]").fill(mobile)
    page.locator("input[name=new_password]").fill(PASSWORD)
    page.locator("input[name=new_password]").press("Enter")
    page.wait_for_url("**/signup/code/")


def register(page: Page, foyer: Foyer, email: str) -> None:
    """Register, with the code that comes by mail."""
    page.goto("/account/signup/")
    fill_registration(page, email)
    type_code(page, code_to(foyer, email))


def ask_for_new_password(page: Page, login: str) -> None:
    """Say that the password is forgotten."""
    an_hour_later()
    page.goto("/account/password/reset/")
    page.locator("input[name=login]").fill(login)
    page.locator("input[name=login]").press("Enter")
    page.wait_for_url("**/reset/code/")


def an_hour_later() -> None:
    """Everybody in the stories comes from one address, which may ask for a code once a minute."""
    Code.objects.all().delete()


def code_to(foyer: Foyer, to: str) -> str:
    """The newest code in the mails or text messages to an address or a number."""

    def codes() -> list[str]:
        texts = [f"{mail['Subject']} {text_of(mail)}" for mail in foyer.mailbox.to(to)]
        return [found[0] for text in texts if (found := re.search(r"\b\d{6}\b", text))]

    return until(codes, f"a code to {to}", seconds=90)[-1]


def type_code(page: Page, code: str) -> None:
    """Type a code and send it with Enter."""
    page.locator("input[name=code]").fill(code)
    page.locator("input[name=code]").press("Enter")


def link_in_mail(foyer: Foyer, address: str, path: str) -> str:
    """The newest link to an address below `path` in the mails to somebody."""

    def links() -> list[str]:
        texts = [text_of(mail) for mail in foyer.mailbox.to(address)]
        return [link for text in texts for link in re.findall(rf"{foyer.url}{path}[^\s>)]+", text)]

    return until(links, f"a mail to {address} with a link to {path}", seconds=90)[-1]
