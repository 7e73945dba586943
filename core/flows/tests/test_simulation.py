"""Whole evenings from a seed: whatever comes, in whatever order, everything holds after every step.

`make simulate STEPS=100000 SEED=7` lives through more of them. That the simulation can fail is shown beside it, in
`test_simulation_finds.py`.
"""

import os
import random

import pytest

from core.flows.tests.simulation import Report, simulate

pytestmark = pytest.mark.django_db

STEPS = int(os.environ.get("SIMULATE_STEPS") or 150)
SEED = os.environ.get("SIMULATE_SEED") or str(random.SystemRandom().randrange(10**6))


@pytest.mark.parametrize("seed", ["amina", "bruno"])
def test_everything_holds_after_every_step_se6(seed):
    simulate(seed, 150)


def test_everything_holds_in_evenings_never_seen_before_se6():
    """The seed is printed when it fails; `make simulate` runs this test with a seed and a number of steps."""

    def tell(report: Report) -> None:
        rate = report.steps / report.seconds
        print(f"seed {SEED}: {report.steps} steps, {report.worlds} worlds, {rate:.0f} a second", flush=True)

    report = simulate(SEED, STEPS, progress=tell)
    print(", ".join(f"{name} {count}" for name, count in report.did.most_common()))


def test_the_same_seed_plays_the_same_evening():
    traces = [simulate("again/0", 60).last_trace for _ in range(2)]
    assert traces[0] == traces[1]


def test_an_evening_has_everything_in_it():
    """What the dice never do is not tested: each thing that people, Stripe and workers do happens early."""
    report = simulate("everything", 400, world_steps=100)
    wanted = {
        "hold", "choose", "stand", "best", "extend", "release", "log_in", "begin", "checkout", "pay", "come_back",
        "leave", "cancel", "deliver", "relay", "work", "periodic", "tick", "hold PlacesTaken",
    }  # fmt: skip
    assert wanted - set(report.did) == set()
