"""World after world from one seed, until something breaks or enough has been seen."""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from django.db import transaction

from core.flows.tests.simulation.checks import Wrong
from core.flows.tests.simulation.world import World

STEPS_OF_A_WORLD = 400
SHOWN = 60


class Broken(AssertionError):
    """What broke, in which world, after which step, and how to see it again."""

    def __init__(self, seed: str, limit: int, trace: list[str], cause: BaseException) -> None:
        self.seed, self.steps, self.cause = seed, len(trace), cause
        shown = "\n".join(trace[-SHOWN:])
        super().__init__(
            f"\n{shown}\n\n{type(cause).__name__}: {cause}\n\n"
            f"after {self.steps} steps of world {seed}. To see it again: make simulate SEED={seed} STEPS={limit}"
        )


@dataclass
class Report:
    """What was seen."""

    steps: int = 0
    worlds: int = 0
    seconds: float = 0.0
    did: Counter[str] = field(default_factory=Counter)
    last_trace: list[str] = field(default_factory=list)


def simulate(
    seed: str, steps: int, *, world_steps: int = STEPS_OF_A_WORLD, progress: Callable[[Report], None] | None = None
) -> Report:
    """Live through `steps` steps. A seed such as "7" gives the worlds 7/0, 7/1, ...; "7/3" is that one world."""
    report, began = Report(), time.perf_counter()
    while report.steps < steps:
        name = seed if "/" in seed else f"{seed}/{report.worlds}"
        report.steps += _live(name, min(world_steps, steps - report.steps), report)
        report.worlds += 1
        report.seconds = time.perf_counter() - began
        if progress:
            progress(report)
        if "/" in seed:
            break
    return report


def _live(name: str, steps: int, report: Report) -> int:
    with transaction.atomic():
        world = World(name)
        try:
            with world.running():
                while len(world.trace) < steps:
                    world.step()
                world.come_to_rest()
        except (Exception, Wrong) as fault:
            raise Broken(name, steps, world.trace, fault) from fault
        finally:
            transaction.set_rollback(True)
    report.last_trace = world.trace
    report.did.update(world.did)
    return len(world.trace)
