"""What goes on when something underneath has gone: Valkey, the worker, PostgreSQL."""

import re

import requests
from playwright.sync_api import Page, expect

from core.bookings.models import Booking
from core.catalog.models import Showtime
from e2e.foyer import Foyer, until
from e2e.mailbox import pdfs_of
from e2e.stories import steps
from e2e.stories.conftest import Noise


def test_tickets_are_sold_while_valkey_is_away_and_mailed_once_it_is_back(
    foyer: Foyer, amina: Page, showtime: Showtime, noise: Noise
) -> None:
    """Architecture: with Valkey dead, pages, holds and payments still work, and nothing that was promised is lost."""
    noise.append(re.compile("WebSocket"))
    assert foyer.servers.valkey is not None
    foyer.servers.valkey.stop()
    try:
        amina.goto(steps.path_of(showtime))
        steps.take(amina, "A1", "A2")
        steps.to_checkout(amina)
        steps.to_till(amina, email="no-valkey@foyer.example")
        steps.pay_at_till(amina)
        steps.expect_success(amina)
        booking = Booking.objects.get(code=steps.code_of(amina))
        assert booking.status == Booking.Status.CONFIRMED
        ready = requests.get(f"{foyer.url}/readyz", timeout=10)
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "ok")
        assert ready.json()["checks"]["valkey"].startswith("Valkey does not answer")
    finally:
        foyer.servers.valkey.start_again()
    [mail] = foyer.mails_to("no-valkey@foyer.example")
    assert len(pdfs_of(mail)) == 1
    foyer.tick("project.heartbeat")
    until(lambda: foyer.answers("/readyz"), "ready again", seconds=60, every=0.3)


def test_worker_is_killed_and_what_it_owes_is_done_by_the_next(foyer: Foyer, amina: Page, showtime: Showtime) -> None:
    """Outbox: a message is done when its work is; a worker that dies loses nothing."""
    foyer.kill("worker")
    try:
        steps.buy(amina, showtime, "B1", email="no-worker@foyer.example")
        assert foyer.mailbox.to("no-worker@foyer.example") == []
    finally:
        foyer.run("worker")
    foyer.mails_to("no-worker@foyer.example")
    foyer.tick("project.heartbeat")
    until(lambda: foyer.answers("/readyz"), "ready again", seconds=60, every=0.3)


def test_page_says_so_while_the_database_is_away_and_works_when_it_is_back(
    foyer: Foyer, amina: Page, showtime: Showtime, noise: Noise
) -> None:
    """§5: never a stack trace; a restart of PostgreSQL needs no restart of Foyer."""
    noise.append(re.compile("WebSocket|status of 50[03]"))
    assert foyer.servers.postgres is not None
    with foyer.away():
        foyer.servers.postgres.stop()
        try:
            answer = amina.goto("/", timeout=30_000)
            assert answer is not None and answer.status in (500, 503)
            expect(amina.get_by_role("heading", level=1)).to_be_visible()
            assert "Traceback" not in amina.content()
        finally:
            foyer.servers.postgres.start()
    until(lambda: foyer.answers("/readyz"), "ready again", seconds=60, every=0.3)
    steps.watch(amina, showtime)
    steps.take(amina, "C1")
