"""Ada at her desk: every page of it within the policy of the house, and a booking taken back (AD1, AD2, AD3, AC10)."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib import admin
from django.test import Client, override_settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, Page, expect

from core.accounts.models import User
from core.audit.models import Record
from core.bookings.models import Booking
from core.catalog.models import Showtime
from e2e.cast import House, log_in
from e2e.foyer import Foyer, until
from e2e.stories import steps
from e2e.stories.conftest import Arranging, Somebody
from e2e.stories.people import somebody_known
from e2e.stories.test_accessibility import hear, look


@pytest.fixture(scope="module")
def ada_known(foyer: Foyer, house: House, arranging: Arranging) -> User:
    """The administrator."""
    with arranging():
        return somebody_known("Ada Brandt", "ada-desk@foyer.example", is_staff=True, is_superuser=True)


@pytest.fixture(scope="module")
def key(foyer: Foyer, ada_known: User, arranging: Arranging) -> str:
    """A session of hers, with the second step done."""
    client = Client()
    with arranging(), override_settings(SECRET_KEY=foyer.environment["SECRET_KEY"]):
        log_in(client, ada_known)
    return client.cookies["sessionid"].value


def let_in(context: BrowserContext, foyer: Foyer, key: str) -> None:
    context.add_cookies([{"name": "sessionid", "value": key, "url": foyer.url}])


@pytest.fixture
def ada(somebody: Somebody, foyer: Foyer, key: str) -> Page:
    """Ada at her computer."""
    page = somebody()
    let_in(page.context, foyer, key)
    return page


def pages() -> Iterator[tuple[str, str]]:
    """The address of every kind of page of the desk, with what stands there."""
    yield "start", reverse("admin:index")
    yield "year", f"{reverse('admin:index')}?period=365"
    yield "lapsed holds", reverse("admin:lapsed_holds")
    yield "section", reverse("admin:app_list", args=["accounts"])
    yield "new organizer", reverse("admin:accounts_organizer_add")
    yield "filtered log", f"{reverse('admin:audit_record_changelist')}?action=booking.&who=ada"
    for model in admin.site._registry:
        name = model._meta.label_lower.replace(".", "_")
        yield name, reverse(f"admin:{name}_changelist")
        if row := model._default_manager.order_by("pk").last():
            yield f"one {name}", reverse(f"admin:{name}_change", args=[row.pk])


@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_of_the_desk_keeps_the_policy_and_axe_finds_nothing(
    foyer: Foyer, key: str, browser: Browser, amina: Page, showtime: Showtime, width: int
) -> None:
    """AD2: light and dark, on a desk and on a phone; the console says nothing of a breach."""
    steps.buy(amina, showtime, "A1", "A2", email=f"desk-{width}@foyer.example")
    context = browser.new_context(base_url=foyer.url, viewport={"width": width, "height": 900}, reduced_motion="reduce")
    let_in(context, foyer, key)
    page, said, found = context.new_page(), [], {}
    page.on("console", lambda message: hear(message, said))
    page.on("pageerror", lambda error: said.append(str(error)))
    for name, path in pages():
        trouble = look(page, path, 200, width) + said
        if trouble:
            found[name] = trouble
        said.clear()
    context.close()
    assert found == {}, "\n".join(f"{where}: {what}" for where, what in found.items())


def test_ada_takes_a_booking_back_and_finds_it_in_the_log(
    foyer: Foyer, ada: Page, amina: Page, showtime: Showtime, tmp_path: Path
) -> None:
    """AD3, AC10: searched, cancelled after a question, the money back at Stripe, recorded, exported."""
    code = steps.buy(amina, showtime, "B1", "B2", email="taken-back@foyer.example")
    ada.goto(reverse("admin:bookings_booking_changelist"))
    ada.get_by_role("searchbox").fill(code)
    ada.get_by_role("button", name="Search").click()
    ada.locator(".action-select").check()
    ada.get_by_label("Action:").select_option("cancel_with_refund")
    ada.get_by_role("button", name="Go").click()
    expect(ada.get_by_text("This cannot be undone.")).to_be_visible()
    ada.get_by_role("button", name="Cancel, all the money back").click()
    expect(ada.locator("#result_list")).to_contain_text("Refunded")
    booking = Booking.objects.get(code=code)
    assert booking.payment is not None
    intent = booking.payment.intent_id
    until(lambda: foyer.till.money_of(intent)["refunded"] == booking.total, "all the money back at Stripe")
    ada.get_by_role("link", name=code).click()
    ada.get_by_role("link", name="What happened to it").click()
    expect(ada.locator("#result_list")).to_contain_text("booking.refunded")
    with ada.expect_download() as waiting:
        ada.get_by_role("button", name="Export as CSV").click()
    waiting.value.save_as(tmp_path / "log.csv")
    rows = list(csv.DictReader((tmp_path / "log.csv").open(newline="")))
    assert {row["object_id"] for row in rows} == {str(booking.pk)}
    assert [row["actor_label"] for row in rows if row["action"] == "booking.refunded"] == ["Ada Brandt"]


def test_ada_closes_a_login_and_the_change_is_recorded(
    foyer: Foyer, ada: Page, amina: Page, arranging: Arranging
) -> None:
    """AC10: before and after; the person is out at once."""
    person = somebody_known("Bea Huber", "bea-desk@foyer.example")
    amina.goto("/login/")
    steps.log_in(amina, person.email)
    amina.wait_for_url("**/tickets/")
    ada.goto(reverse("admin:accounts_user_change", args=[person.pk]))
    ada.get_by_label("Is active").uncheck()
    ada.get_by_role("button", name="Save", exact=True).click()
    expect(ada).to_have_url(re.compile(r"/accounts/user/$"))
    assert Record.objects.get(action="account.changed", object_id=str(person.pk)).data == {
        "changes": {"is_active": [True, False]}
    }
    amina.goto("/account/email/")
    expect(amina).to_have_url(re.compile(r"login"))


def test_a_visitor_is_led_to_the_login(amina: Page) -> None:
    amina.goto(reverse("admin:index"))
    expect(amina).to_have_url(re.compile(r"login/\?next=/desk/"))
