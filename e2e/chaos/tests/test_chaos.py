"""Whatever is killed, full, away or wrong about the time: pages say so, and nothing is lost."""

import time

import pytest
import requests

from core.accounts.models import Organizer
from core.notifications.models import Delivery
from e2e.chaos import outages, reckoning
from e2e.chaos.browser import Page
from e2e.chaos.buyers import Crowd, Hall
from e2e.chaos.run import Plan, run
from e2e.foyer import until
from e2e.topology import Topology

SAID: list[str] = []


def crowd_of(foyer: Topology, halls: list[Hall], purchases: int, *, seed: int, people: int = 6) -> Crowd:
    """Some people who buy now."""
    crowd = Crowd(foyer.url, foyer.till.url, halls, seed, purchases, lease_seconds=2)
    crowd.start(people)
    return crowd


def wait_for(crowd: Crowd) -> None:
    """They have all ended, and nobody saw what must not be seen."""
    end = time.monotonic() + 90
    while crowd.is_shopping and time.monotonic() < end:
        time.sleep(0.1)
    assert (crowd.is_shopping, crowd.seen.faults) == (False, []), crowd.seen


def expect_everything_in_order(foyer: Topology, crowd: Crowd) -> None:
    """Nothing is lost, nothing hangs, every cent is where it belongs."""
    assert reckoning.finish(foyer, patience=60, in_haste=True, say=SAID.append, tend=lambda: None) == []
    assert reckoning.ready(foyer) == []
    assert reckoning.verified(foyer) == []
    assert reckoning.nothing_hangs() == []
    assert reckoning.to_the_cent(foyer) == []
    assert reckoning.promises_kept(crowd.seen) == []


def look(foyer: Topology, path: str) -> Page:
    """What a person sees there."""
    answer = requests.get(foyer.url + path, timeout=30)
    return Page(answer.url, answer.status_code, answer.text)


def test_killing_everything_at_random_loses_nothing(foyer: Topology, halls: list[Hall]) -> None:
    """§2 in short: 16 buyers, kill -9 of every part, an emptied Valkey, PostgreSQL restarted, webhooks lost."""
    plan = Plan(seed=7, purchases=60, every=(0.5, 1.5), away=(0.3, 2.0), in_haste=True, most_seconds=30)
    report = run(foyer, plan, halls=halls, say=print)
    assert report.faults == []


@pytest.mark.parametrize("outage", [outages.full_disk, outages.no_memory])
def test_full_valkey_stops_no_sale_and_loses_no_mail(foyer: Topology, halls: list[Hall], outage: object) -> None:
    """Valkey refuses every write (MISCONF, OOM): people buy all the same, /readyz says why, mails come afterwards."""
    with outage(foyer):
        crowd = crowd_of(foyer, halls, 12, seed=11)
        wait_for(crowd)
        assert crowd.seen.outcomes["bought"] > 0
        assert {answer for answer in crowd.seen.answers if answer.startswith("site: 5")} == set()
        ready = requests.get(f"{foyer.url}/readyz", timeout=15)
        assert (ready.status_code, ready.json()["checks"]["database"]) == (503, "ok")
        assert ready.json()["checks"]["valkey"].startswith("Valkey refuses: ")
        time.sleep(6)  # time for whoever cannot stand it
    ended = [name for name, part in foyer.parts.items() if part.process.poll() is not None]
    assert ended == []
    expect_everything_in_order(foyer, crowd)
    assert Delivery.objects.exclude(status=Delivery.Status.SENT).count() == 0


def test_refusing_database_is_told_in_words_and_nothing_is_lost(foyer: Topology, halls: list[Hall]) -> None:
    """PostgreSQL lets nobody in for 20 s: every page is a 503 with words, webhooks come again, and then all is well."""
    crowd = crowd_of(foyer, halls, 12, seed=13)
    time.sleep(1.5)
    with outages.refusing_database(foyer):
        since = time.monotonic()
        for path in ("/", f"/showtimes/{halls[0].showtime_id}/", "/venues/"):
            page = look(foyer, path)
            assert (page.status, page.title) == (503, "Closed for a moment")
            assert "Traceback" not in page.text
        assert look(foyer, "/healthz").status == 200
        ready = requests.get(f"{foyer.url}/readyz", timeout=30)
        assert (ready.status_code, ready.json()["checks"]["valkey"]) == (503, "ok")
        assert "database does not answer" in ready.json()["checks"]["database"]
        time.sleep(max(0.0, since + 20 - time.monotonic()))
    reckoning.let_go()
    until(lambda: foyer.answers("/"), "pages again", seconds=8, every=0.2)
    wait_for(crowd)
    expect_everything_in_order(foyer, crowd)


@pytest.mark.parametrize("name", ["pages", "worker"])
def test_clock_of_one_process_is_ahead_and_nothing_is_lost(foyer: Topology, halls: list[Hall], name: str) -> None:
    """One web worker, or the worker for tasks, is 90 s ahead of everybody else."""
    Organizer.objects.update(hold_minutes=5, lease_minutes=10)
    try:
        with outages.clock_ahead(foyer, name):
            crowd = crowd_of(foyer, halls, 12, seed=17)
            wait_for(crowd)
            assert crowd.seen.outcomes["bought"] > 0
            expect_everything_in_order(foyer, crowd)
    finally:
        Organizer.objects.update(hold_minutes=1, lease_minutes=1)
