"""Registering, logging in and forgetting the password, with the codes that were sent."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from core.accounts.models import User
from core.audit.models import Record
from e2e.foyer import Foyer, until
from e2e.stories import steps
from e2e.stories.conftest import Somebody
from e2e.stories.people import PASSWORD, come_in, somebody_known
from e2e.stories.test_accessibility import look

_numbers = iter(range(6641000000, 6641009999))


def number() -> str:
    """A mobile number that nobody has, as it is typed at home."""
    return f"0{next(_numbers)}"


def abroad(mobile: str) -> str:
    """The same, as it is kept."""
    return f"+43{mobile[1:]}"


@pytest.fixture
def outbox(foyer: Foyer, somebody: Somebody) -> Page:
    """The page on which an administrator reads what had nowhere to go."""
    page = somebody()
    ada = somebody_known("Ada Brandt", f"ada-{number()}@foyer.example", is_staff=True, is_superuser=True)
    come_in(foyer, page.context, ada)
    return page


def read_code(outbox: Page, foyer: Foyer, mobile: str) -> str:
    """The code in the newest text message to a number, as the outbox page shows it."""
    steps.code_to(foyer, abroad(mobile))  # it is there
    outbox.goto("/_outbox/")
    said = outbox.get_by_role("row").filter(has_text=abroad(mobile)).first.get_by_role("link").inner_text()
    found = re.search(r"\b\d{6}\b", said)
    assert found, said
    return found[0]


def test_somebody_registers_by_mobile_with_the_code_read_from_the_outbox_page(
    foyer: Foyer, amina: Page, outbox: Page
) -> None:
    """AC1: by number; then they log in by it, typed as at home (AC2)."""
    mobile = number()
    amina.goto("/account/signup/")
    steps.fill_registration(amina, f"{mobile}@foyer.example", mobile=mobile)
    expect(amina.get_by_role("heading", level=1)).to_have_text("Confirm your number")
    expect(amina.get_by_text(f"+43 {mobile[1:4]} {mobile[4:]}")).to_be_visible()
    steps.type_code(amina, read_code(outbox, foyer, mobile))
    amina.wait_for_url("**/tickets/")
    user = User.objects.get(mobile=abroad(mobile))
    assert (user.mobile_verified_at is not None, user.email_verified_at) == (True, None)
    amina.context.clear_cookies()
    amina.goto("/login/")
    steps.log_in(amina, f"{mobile[:4]} {mobile[4:]}")
    amina.wait_for_url("**/tickets/")
    assert Record.objects.filter(action="account.logged_in", object_id=str(user.pk)).count() == 2


def test_a_forgotten_password_is_chosen_anew_by_a_code(foyer: Foyer, amina: Page, amina_login: str) -> None:
    """AC4, AC6: how strong it is stands there while it is typed; other sessions end."""
    steps.ask_for_new_password(amina, amina_login)
    steps.type_code(amina, steps.code_to(foyer, amina_login))
    amina.wait_for_url("**/reset/new/")
    field, strength = amina.locator("input[name=new_password]"), amina.locator("#strength")
    field.press_sequentially("password12")
    expect(strength).to_have_attribute("data-score", "1")
    expect(strength).to_contain_text("Many people use this password.")
    field.press("Enter")
    expect(amina.get_by_role("alert")).to_contain_text("This password is too easy to guess.")
    field.fill("velvet-curtain-9")
    expect(strength).to_have_attribute("data-score", "4")
    expect(strength).to_contain_text("Strong")
    amina.get_by_role("button", name="Show").click()
    expect(field).to_have_attribute("type", "text")
    field.press("Enter")
    amina.wait_for_url("**/login/")
    amina.locator("input[name=login]").fill(amina_login)
    amina.locator("input[name=password]").fill("velvet-curtain-9")
    amina.locator("input[name=password]").press("Enter")
    amina.wait_for_url("**/tickets/")


def test_a_wrong_code_is_said_and_another_one_can_be_had_after_a_minute(foyer: Foyer, amina: Page) -> None:
    """AC8: the button waits as long as the server would refuse."""
    email = f"{number()}@foyer.example"
    amina.goto("/account/signup/")
    steps.fill_registration(amina, email)
    again = amina.get_by_role("button", name=re.compile("Send another code in"))
    expect(again).to_be_disabled()
    expect(again).to_have_text(re.compile(r"in (1:00|0:5\d)$"))
    code = steps.code_to(foyer, email)
    steps.type_code(amina, f"{(int(code) + 1) % 1_000_000:06d}")
    expect(amina.get_by_role("alert")).to_contain_text("This code is wrong or no longer good.")
    steps.type_code(amina, f"{code[:3]} {code[3:]}")
    amina.wait_for_url("**/tickets/")


def test_another_number_is_confirmed_by_a_code_to_it(foyer: Foyer, amina: Page) -> None:
    """AC5."""
    email, mobile = f"{number()}@foyer.example", number()
    user = somebody_known("Amina Yilmaz", email)
    amina.goto("/login/")
    steps.log_in(amina, email)
    amina.wait_for_url("**/tickets/")
    amina.goto("/account/mobile/")
    amina.locator("input[name=mobile]").fill(mobile)
    amina.locator("input[name=password]").fill(PASSWORD)
    steps.an_hour_later()
    amina.get_by_role("button", name="Text me a code").click()
    amina.wait_for_url("**/mobile/code/")
    steps.type_code(amina, steps.code_to(foyer, abroad(mobile)))
    amina.wait_for_url("**/account/mobile/")
    expect(amina.get_by_text("Confirmed", exact=True)).to_be_visible()
    until(lambda: User.objects.get(pk=user.pk).mobile_verified_at, "the number is confirmed")


@pytest.mark.parametrize("width", [390, 1440])
def test_pages_with_a_code_are_clean_for_axe(foyer: Foyer, browser: Browser, width: int) -> None:
    """The pages in the middle of a story, which the walk cannot reach; light and dark."""
    options = {"viewport": {"width": width, "height": 900}, "reduced_motion": "reduce"}
    context = browser.new_context(base_url=foyer.url, **options)
    page, email = context.new_page(), f"{number()}@foyer.example"
    somebody_known("Amina Yilmaz", email)
    page.goto("/account/signup/")
    steps.fill_registration(page, f"new-{email}")
    trouble = look(page, "/account/signup/code/", 200, width)
    steps.ask_for_new_password(page, email)
    trouble += look(page, "/account/password/reset/code/", 200, width)
    steps.type_code(page, steps.code_to(foyer, email))
    page.wait_for_url("**/reset/new/")
    trouble += look(page, "/account/password/reset/new/", 200, width)
    page.locator("input[name=new_password]").press_sequentially("Qwertzuiop")
    expect(page.locator("#strength")).to_have_attribute("data-score", "1")
    context.close()
    assert trouble == []
