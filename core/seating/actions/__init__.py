"""Winning a place, keeping it, and giving it back.

Every action that takes several places locks their rows in the order of their ids, so that two people who want the
same seats in opposite orders wait for each other instead of deadlocking. The named lock of a person comes before the
row locks; the one of a client address comes last, so that it is held shortly, and nothing is waited for under it.
"Free" is tested on the locked row itself.
"""

from core.seating.actions.blocking import block, block_standing, unblock
from core.seating.actions.holding import extend, hold, hold_best, hold_standing
from core.seating.actions.leasing import give_back, lease, sell, unsell
from core.seating.actions.limits import check_given_away
from core.seating.actions.opening import open_places
from core.seating.actions.releasing import choose, choose_standing, hold_again, release
from core.seating.actions.tidying import follow, forget_addresses, lapse

__all__ = [
    "block",
    "block_standing",
    "check_given_away",
    "choose",
    "choose_standing",
    "extend",
    "follow",
    "forget_addresses",
    "give_back",
    "hold",
    "hold_again",
    "hold_best",
    "hold_standing",
    "lapse",
    "lease",
    "open_places",
    "release",
    "sell",
    "unblock",
    "unsell",
]
