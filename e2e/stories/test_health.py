"""The house says how it is (AD6)."""

import requests

from e2e.foyer import Foyer


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
