"""The house says how it is (AD6)."""

from typing import Any

import requests
from playwright.sync_api import Page

from core.catalog.models import Showtime
from e2e.foyer import Foyer, until
from e2e.stories import steps
from e2e.stories.conftest import Somebody
from e2e.stories.people import come_in, somebody_known


def test_healthz_and_readyz_answer_once_everything_runs(foyer: Foyer) -> None:
    """AD6: alive, and ready with database, Valkey, migrations and a worker's heartbeat."""
    assert requests.get(f"{foyer.url}/healthz", timeout=5).json() == {"status": "alive"}
    ready = requests.get(f"{foyer.url}/readyz", timeout=5)
    assert ready.status_code == 200
    checks = dict.fromkeys(("database", "valkey", "migrations", "worker", "relay"), "ok")
    assert ready.json() == {"status": "ready", "checks": checks}


def test_verify_finds_nothing_when_nothing_has_happened(foyer: Foyer) -> None:
    """AD5: the command that proves the books runs on the live house."""
    assert foyer.manage("verify").stdout == "Everything adds up.\n"


def test_administrator_reads_who_watches_what(
    foyer: Foyer, amina: Page, bruno: Page, somebody: Somebody, showtime: Showtime
) -> None:
    """SE8: /ws/stats counts the open pages of each showtime; for anybody else there is no such page."""
    steps.watch(amina, showtime)
    steps.watch(bruno, showtime)
    assert amina.request.get("/ws/stats").status == 404
    ada = somebody()
    come_in(foyer, ada.context, somebody_known("Ada Brandt", f"ada-{showtime.pk}@foyer.example", is_staff=True))
    here = str(showtime.pk)
    told = until(lambda: read_stats(ada).get("screening_details", {}).get(here) == 2 and read_stats(ada), "two watch")
    assert set(told) == {"total_connections", "active_screenings", "screening_details"}
    assert told["total_connections"] == sum(told["screening_details"].values())
    amina.close()
    until(lambda: read_stats(ada)["screening_details"].get(here) == 1, "one watches")


def read_stats(page: Page) -> dict[str, Any]:
    """What /ws/stats says."""
    found: dict[str, Any] = page.request.get("/ws/stats").json()
    return found
