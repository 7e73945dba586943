"""Who somebody is here, from the first picture to the last mail (AC7, AC11)."""

import datetime as dt
import io
import json
import re
import zipfile

import pytest
from django.utils import timezone
from PIL import Image
from playwright.sync_api import Page, expect

from core.accounts import actions
from core.accounts.models import User
from core.bookings.models import Booking
from core.catalog.models import Showtime
from core.tickets.models import Ticket
from e2e.cast import user_actor
from e2e.foyer import Foyer, until
from e2e.mailbox import text_of
from e2e.stories import steps
from e2e.stories.conftest import Somebody
from e2e.stories.people import PASSWORD, come_in
from e2e.stories.test_accessibility import look

PAGES = (
    "/account/profile/", "/account/dependents/", "/account/dependents/new/", "/account/data/", "/account/deletion/",
    "/account/deletion/proof/",
)  # fmt: skip


def photograph() -> dict[str, object]:
    """A file as somebody chooses it."""
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(file, "JPEG")
    return {"name": "me.jpg", "mimeType": "image/jpeg", "buffer": file.getvalue()}


@pytest.fixture
def account(foyer: Foyer, amina: Page, amina_login: str) -> User:
    """Amina is logged in."""
    user = User.objects.get(email=amina_login)
    come_in(foyer, amina.context, user)
    return user


def save(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()


def test_profile_is_edited_with_a_picture_and_a_city_that_whats_on_opens_with(amina: Page, account: User) -> None:
    """AC7: what is refused stands beside its field, and nothing that was typed is lost."""
    amina.goto("/account/profile/")
    amina.get_by_label("What we call you").fill("Mina")
    amina.get_by_label("Your city").select_option("Graz")
    amina.get_by_label("Time zone").select_option("Europe/Vienna")
    emergency = amina.get_by_role("region", name="In an emergency")
    emergency.get_by_label("Name").fill("Sami Yilmaz")
    save(amina, "Save the profile")
    expect(amina.get_by_text("Give the number to call, or leave the name out too.").first).to_be_visible()
    expect(amina.get_by_label("What we call you")).to_have_value("Mina")
    emergency.get_by_label("Mobile").fill("0664 1234567")
    save(amina, "Save the profile")
    expect(amina.locator("#toasts")).to_contain_text("Your profile is saved.")
    account.refresh_from_db()
    assert (account.called, account.time_zone, str(account.emergency_mobile)) == (
        "Mina",
        "Europe/Vienna",
        "+436641234567",
    )
    amina.get_by_label("A picture from this device").set_input_files(photograph())
    save(amina, "Use this picture")
    face = amina.locator(".portrait img")
    expect(face).to_be_visible()
    assert face.evaluate("image => image.complete && image.naturalWidth") == 512
    amina.goto("/")
    expect(amina).to_have_title("What’s on in Graz · Foyer")
    amina.goto("/?city=")
    expect(amina).to_have_title("What’s on · Foyer")


def test_picture_that_is_none_or_too_large_is_refused_beside_the_field(amina: Page, account: User) -> None:
    """AC7: the size is said before anything is sent; an SVG with another name is seen through."""
    amina.goto("/account/profile/")
    field = amina.get_by_label("A picture from this device")
    field.set_input_files({"name": "me.jpg", "mimeType": "image/jpeg", "buffer": bytes(5_000_001)})
    expect(amina.get_by_role("alert").filter(has_text="larger than 5 MB")).to_be_visible()
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    field.set_input_files({"name": "me.png", "mimeType": "image/png", "buffer": svg})
    expect(amina.get_by_text("larger than 5 MB. Choose")).to_have_count(0)
    save(amina, "Use this picture")
    expect(amina.get_by_text("This is not a JPEG, PNG or WebP picture.")).to_be_visible()
    account.refresh_from_db()
    assert not account.picture


def test_picture_is_not_fetched_from_inside(foyer: Foyer, amina: Page, account: User) -> None:
    """AC7: the worker refuses, and the person is told on the page."""
    amina.goto("/account/profile/")
    amina.get_by_text("Fetch it from an address").click()
    amina.get_by_label("Address of a picture").fill("https://169.254.169.254/latest/meta-data/")
    save(amina, "Fetch the picture")
    until(lambda: account.picture_errands.exclude(ended_at=None).exists(), "the errand is done")
    amina.reload()
    expect(amina.get_by_text("This address cannot be used.")).to_be_visible()


def test_child_is_added_and_a_ticket_is_theirs(amina: Page, bruno: Page, account: User, showtime: Showtime) -> None:
    """AC11: and a stranger with the link of the booking sees no name."""
    code = steps.buy(amina, showtime, "A1", "A2", email=account.email)
    amina.goto("/account/dependents/")
    amina.get_by_role("link", name="Add somebody").click()
    amina.get_by_label("Name").fill("Nora")
    amina.get_by_label("Day of birth").fill((timezone.now() + dt.timedelta(days=30)).date().isoformat())
    save(amina, "Add")
    expect(amina.get_by_text("This day is still to come.").first).to_be_visible()
    amina.get_by_label("Day of birth").fill("2019-05-23")
    amina.get_by_label("What the door should know").fill("Sits at the aisle.")
    save(amina, "Add")
    expect(amina.get_by_role("main").get_by_text("Sits at the aisle.")).to_be_visible()
    ticket = Ticket.objects.filter(booking__code=code).earliest("pk")
    amina.goto(f"/tickets/{ticket.code}/")
    amina.get_by_label("For whom is it?").select_option("Nora")
    save(amina, "Save")
    expect(amina.locator(".ticket dl")).to_contain_text("Nora")
    bruno.goto(f"/b/{Booking.objects.get(code=code).access_key}/")
    bruno.goto(f"/tickets/{ticket.code}/")
    expect(bruno.locator(".ticket .code")).to_have_text(ticket.code)
    expect(bruno.get_by_text("Nora")).to_have_count(0)


def test_account_is_taken_along_and_deleted(foyer: Foyer, amina: Page, account: User, showtime: Showtime) -> None:
    """AC7: asked twice; the ticket to come still opens by its mailed link; `verify` holds at the end of the stories."""
    code = steps.buy(amina, showtime, "B1", email=account.email)
    email = account.email
    amina.goto("/account/data/")
    amina.get_by_label("Your password").fill(PASSWORD)
    with amina.expect_download() as download:
        save(amina, "Download my data")
    told = json.loads(zipfile.ZipFile(download.value.path()).read("my-data.json"))
    assert (told["profile"]["email"], [one["code"] for one in told["bookings"]]) == (email, [code])
    amina.get_by_role("link", name="Delete the account").click()
    expect(amina.get_by_text("You have 1 ticket still to be used")).to_be_visible()
    amina.get_by_role("link", name="Go on").click()
    amina.get_by_label("Your password").fill(PASSWORD)
    save(amina, "Delete my account")
    expect(amina.get_by_text("Tick this if you are sure.").first).to_be_visible()
    amina.get_by_label("Your password").fill(PASSWORD)
    amina.get_by_label("I know that nobody can bring my account back").check()
    save(amina, "Delete my account")
    amina.wait_for_url("**/account/deletion/done/")
    account.refresh_from_db()
    assert (account.is_active, account.name, account.email.endswith("@deleted.invalid")) == (False, "", True)
    amina.goto("/account/profile/")
    amina.wait_for_url("**/login/**")
    until(lambda: len(foyer.mails_to(email)) >= 3, "the last mails have come")
    words = [text_of(mail) for mail in foyer.mails_to(email)]
    assert any("Your account is deleted" in text for text in words)
    link = re.search(r"/b/[\w-]+/", next(text for text in words if "/b/" in text))
    assert link
    amina.goto(link[0])
    expect(amina.get_by_role("main")).to_contain_text(code)


@pytest.mark.parametrize("width", [390, 1440])
def test_axe_finds_nothing_on_the_pages_of_the_account(
    foyer: Foyer, somebody: Somebody, amina_login: str, width: int
) -> None:
    """With nothing entered and with much, in light and dark."""
    user = User.objects.get(email=amina_login)
    page = somebody(viewport={"width": width, "height": 900})
    come_in(foyer, page.context, user)
    empty = {path: look(page, path, 200, width) for path in PAGES}
    nora = actions.add_dependent(
        user=user, values={"name": "Nora", "relation": "child"}, actor=user_actor(user), now=timezone.now()
    )
    own = [f"/account/dependents/{nora.pk}/", f"/account/dependents/{nora.pk}/removal/"]
    full = {path: look(page, path, 200, width) for path in [*PAGES, *own, "/account/deletion/done/"]}
    assert {path: found for path, found in (empty | full).items() if found} == {}
