"""AC3, AC9, AC2: the staff's doors: the app set up and used, recovery codes, invitations, wrong doors, switching."""

import datetime as dt
import re

import pytest
from playwright.sync_api import Page, expect

from core.accounts.models import Code, Membership, Organizer, Role, User
from e2e.cast import House, shown_by_app
from e2e.foyer import Foyer
from e2e.stories import steps
from e2e.stories.conftest import Somebody
from e2e.stories.people import come_in, employee, somebody_known

_later = iter(range(1, 1_000))
PHONE = {"width": 390, "height": 844}


def nobody_waits() -> None:
    """Everybody in the stories comes from one address, which gets few codes an hour."""
    Code.objects.all().delete()


def code_in_mail(foyer: Foyer, email: str) -> str:
    """The code in the newest mail to somebody."""
    found = re.search(r"\b\d{6}\b", str(foyer.mails_to(email)[-1]["Subject"]))
    assert found
    return found[0]


def shown(secret: str, *, ahead: int = 0) -> str:
    """What the app shows now, or will in so many seconds: a code is good a little early too."""
    return shown_by_app(secret, now=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=ahead))


def give(page: Page, code: str, button: str = "Log in") -> None:
    """Type a code and send it."""
    page.locator("input[name=code]").fill(code)
    page.get_by_role("main").get_by_role("button", name=button).click()


@pytest.fixture
def olga(house: House) -> User:
    """New in each story; another owner is there, so that she can be removed."""
    return employee("Olga Petrova", f"olga-{next(_later)}@foyer.example", house.organizer, Role.OWNER)


@pytest.fixture
def at_work(foyer: Foyer, somebody: Somebody, olga: User) -> Page:
    """Olga, logged in behind her door."""
    page = somebody()
    come_in(foyer, page.context, olga)
    page.goto("/organizer/")
    return page


@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desk", "phone"])
def test_an_owner_sets_the_app_up_and_logs_in_with_it_and_with_a_recovery_code(
    foyer: Foyer, somebody: Somebody, olga: User, viewport: dict[str, int] | None
) -> None:
    """AC3: nothing opens before; the codes are shown until she has kept them, and then never again."""
    nobody_waits()
    page = somebody(viewport=viewport) if viewport else somebody()
    page.goto("/organizer/")
    expect(page).to_have_url(re.compile(r"/organizer/login/"))
    expect(page.locator("html")).to_have_attribute("data-portal", "organizer")
    steps.log_in(page, olga.email)
    page.wait_for_url("**/account/second-step/")
    give(page, code_in_mail(foyer, olga.email))
    page.wait_for_url("**/account/security/app/**")
    page.goto("/organizer/team/")
    page.wait_for_url("**/account/security/app/**")
    secret = page.locator("#secret").inner_text()
    give(page, shown(secret), "Use this app")
    page.wait_for_url("**/recovery-codes/**")
    codes = page.locator(".recovery code").all_inner_texts()
    assert len(codes) == 10
    page.get_by_role("button", name="I have kept them").click()
    page.wait_for_url("**/organizer/team/")

    log_out(page)
    page.wait_for_url("**/organizer/login/")
    steps.log_in(page, olga.email)
    give(page, "000000")
    expect(page.get_by_role("alert").first).to_be_visible()
    page.wait_for_timeout(1100)
    give(page, shown(secret, ahead=30))
    page.wait_for_url("**/organizer/")

    log_out(page)
    steps.log_in(page, olga.email)
    give(page, codes[0].lower())
    page.wait_for_url("**/organizer/")
    page.goto("/account/security/")
    expect(page.get_by_text("9 recovery codes are left.")).to_be_visible()
    expect(page.locator("html")).to_have_attribute("data-portal", "organizer")
    assert page.evaluate("document.documentElement.scrollWidth") <= page.viewport_size["width"]


def log_out(page: Page) -> None:
    """By the menu at the top."""
    page.locator("details.menu summary").last.click()
    page.get_by_role("button", name="Log out").click()


def test_olga_invites_otto_who_sees_what_a_clerk_may_see(
    foyer: Foyer, at_work: Page, somebody: Somebody, house: House
) -> None:
    """AC9: by the link in the mail; the team is not his, whatever address he types; removed, he is out at once."""
    otto = somebody_known("Otto Berger", f"otto-{next(_later)}@foyer.example")
    at_work.get_by_role("link", name="Team").click()
    at_work.get_by_label("Email address").fill(otto.email)
    at_work.get_by_role("radio", name=re.compile("Clerk")).check()
    at_work.get_by_role("button", name="Send the invitation").click()
    expect(at_work.get_by_text(f"An invitation is on its way to {otto.email}.")).to_be_visible()

    nobody_waits()
    page = somebody()
    page.goto(steps.link_in_mail(foyer, otto.email, "/account/invitations/"))
    page.get_by_role("main").get_by_role("link", name="Log in").click()
    steps.log_in(page, otto.email)
    page.get_by_role("button", name="Join the team").click()
    page.wait_for_url("**/account/second-step/**")
    page.get_by_role("button", name="Send the code").click()
    page.locator("input[name=code]").wait_for()
    give(page, code_in_mail(foyer, otto.email), "Go on")
    page.wait_for_url("**/organizer/")
    expect(page.get_by_role("link", name=house.event.title).first).to_be_visible()
    expect(page.get_by_role("link", name="Team")).to_have_count(0)
    answer = page.goto("/organizer/team/")
    assert answer is not None and answer.status == 403
    expect(page.get_by_role("heading", name="Not in your role")).to_be_visible()

    at_work.reload()
    at_work.get_by_role("link", name=re.compile("Change Otto Berger")).first.click()
    at_work.get_by_role("link", name="Remove from the team").click()
    at_work.get_by_role("button", name="Remove").click()
    expect(at_work.get_by_text("Otto Berger is out of the team, and logged out.")).to_be_visible()
    page.goto("/organizer/")
    page.wait_for_url("**/organizer/login/**")


def test_gus_at_the_wrong_door_is_told_where_his_is(foyer: Foyer, somebody: Somebody, house: House) -> None:
    """AC9: the page leads to the doors that are open to him."""
    gus = employee("Gus Novak", f"gus-{next(_later)}@foyer.example", house.organizer, Role.USHER)
    page = somebody(viewport=PHONE)
    come_in(foyer, page.context, gus)
    answer = page.goto("/organizer/")
    assert answer is not None and answer.status == 403
    page.get_by_role("main").get_by_role("link", name="Check-in").click()
    page.wait_for_url("**/checkin/")
    expect(page.locator("html")).to_have_attribute("data-portal", "checkin")


def test_who_works_for_two_houses_switches_with_one_click(
    foyer: Foyer, somebody: Somebody, house: House, strict: House
) -> None:
    """AC9: chosen once, switched at the top of the page."""
    otto = employee("Otto Berger", f"otto-{next(_later)}@foyer.example", house.organizer, Role.CLERK)
    Membership.objects.create(user=otto, organizer=strict.organizer, role=Role.CLERK)
    page = somebody()
    come_in(foyer, page.context, otto)
    page.goto("/organizer/")
    page.get_by_role("main").get_by_role("button", name=f"{house.organizer} Clerk", exact=True).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(house.organizer.name)
    switch_to(page, strict.organizer)
    expect(page.get_by_role("heading", level=1)).to_have_text(strict.organizer.name)


def switch_to(page: Page, organizer: Organizer) -> None:
    """By the menu of houses."""
    page.locator("details.menu summary").filter(has=page.locator(".house-name")).click()
    page.get_by_role("banner").get_by_role("button", name=organizer.name, exact=True).click()


def test_a_session_is_ended_from_another(somebody: Somebody, amina_login: str) -> None:
    """AC2: listed on one device, ended there, and the other one is out."""
    desk, phone = somebody(), somebody(viewport=PHONE)
    for page in (desk, phone):
        page.goto("/login/")
        steps.log_in(page, amina_login)
        page.wait_for_url("**/tickets/")
    desk.goto("/account/security/")
    expect(desk.get_by_text("This one", exact=True)).to_have_count(1)
    desk.get_by_role("button", name=re.compile("^End ")).click()
    expect(desk.get_by_text("That session has ended.")).to_be_visible()
    phone.goto("/account/security/")
    phone.wait_for_url("**/login/**")
    desk.reload()
    expect(desk.get_by_role("button", name=re.compile("^End "))).to_have_count(0)
