"""A whole evening at the box office, played by dice: people, Stripe, workers and time, from one seed.

    world    one small house, its people and everything around them; a step at a time
    steps    what can happen next, and how often
    people   what a person at a screen does
    office   what the organizer does
    stripe   Stripe, with its own books: slow, silent, failing, honest
    backstage  webhooks and background work: late, twice, out of order, lost
    clock    the time, which passes only here
    checks   what must hold after every step, and when everything has come to rest
    faults   guards broken on purpose, to see the simulation find it
    run      world after world, and what to say when one breaks

Nothing here is shared with the code under test but its public actions. The same seed plays the same evening.
"""

from core.flows.tests.simulation.run import Broken, Report, simulate

__all__ = ["Broken", "Report", "simulate"]
