"""What can happen next, and how often."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from core.flows.tests.simulation.backstage import PERIODIC

if TYPE_CHECKING:
    from core.flows.tests.simulation.world import World

Step = Callable[[], str]


def pass_time(world: "World") -> None:
    """Mostly seconds; now and then a few minutes, rarely hours, so that holds, leases and sales end."""
    fate = world.dice.random()
    if world.depth:
        world.clock.pass_by(world.dice.randint(0, 15))
    elif fate < 0.96:
        world.clock.pass_by(world.dice.randint(1, 8))
    elif fate < 0.999:
        world.clock.pass_by(world.dice.randint(60, 420))
    else:
        world.clock.pass_by(world.dice.randint(600, 6 * 3600))


def draw(world: "World") -> tuple[object, Step]:
    """Whose turn it is, and what they do."""
    fate = world.dice.random()
    if fate < 0.62:
        person = world.dice.choice(world.people)
        return person, pick(world, person.moves())
    if fate < 0.95:
        return "backstage", pick(world, backstage(world))
    return "office", pick(world, office(world))


def pick(world: "World", moves: dict[Step, int]) -> Step:
    """One of the moves, by their weights."""
    return world.dice.choices(list(moves), list(moves.values()))[0]


def backstage(world: "World") -> dict[Step, int]:
    """Stripe, the post and the workers."""
    return {
        world.post.deliver: 4 if world.post.letters else 0,
        world.workers.relay: 4,
        world.workers.work: 6 if world.workers.broker else 0,
        world.workers.periodic: 3,
        partial(tick, world): 1,
        partial(settle, world): 1 if world.stripe.settling() else 0,
    }


def tick(world: "World") -> str:
    """Time passes at Stripe."""
    world.stripe.tick()
    return "at Stripe"


def settle(world: "World") -> str:
    """A payment that was to settle later does, or fails."""
    fails = world.dice.random() < 0.3
    world.stripe.settle(fails=fails)
    return "failed" if fails else "paid"


def office(world: "World") -> dict[Step, int]:
    """The organizer, and the money that goes its own ways."""
    desk = world.office
    return {
        desk.block: 6, desk.unblock: 4, desk.block_standing: 3, desk.change_price: 4, desk.close_and_open: 2,
        desk.cancel_showtime: 2, desk.schedule: 5, desk.refund_at_stripe: 1, desk.dispute: 1,
    }  # fmt: skip


def finish(world: "World") -> None:
    """Everything that is under way arrives and is done."""
    for _round in range(50):
        world.stripe.tick()
        busy = bool(world.post.letters)
        world.post.deliver_all()
        busy |= bool(world.workers.run_all())
        for name in ("flows.ask_again", *PERIODIC):
            world.workers.run_periodic(name)
        if not busy:
            return
    raise AssertionError("the evening never ends")
