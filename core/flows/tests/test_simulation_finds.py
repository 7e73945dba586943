"""The simulation can fail: each guard, broken on purpose, is found from a fixed seed, nearly always in its first world.

A change of what is refused changes how the dice fall: then a few worlds more are played, or choose another seed.
"""

from collections.abc import Callable

import pytest

from core.flows.tests.simulation import Broken, faults, simulate

pytestmark = pytest.mark.django_db

FAULTS: dict[Callable[..., None], tuple[str, str]] = {
    faults.hold_what_others_hold: ("3", "was promised to"),
    faults.count_no_places: ("26", "are allowed"),
    faults.extend_too_long: ("3", "longer than"),
    faults.choose_by_halves: ("21", "a refusal has changed something"),
    faults.block_what_people_have: ("24", "a blocked place is nobody's"),
    faults.lapse_what_is_under_payment: ("3", "waits for payment, but does not have its place"),
    faults.release_the_place_alone: ("3", "a hold and its place say the same"),
    faults.confirm_without_selling: ("3", "a living line has its place"),
    faults.agree_on_another_price: ("3", "a booking is the sum of its lines"),
    faults.ask_for_another_amount: ("3", "a payment asks for its booking"),
    faults.end_with_an_open_session: ("3", "what has ended takes no money"),
    faults.forget_whose_money_it_is: ("3", "money in is known to Stripe"),
    faults.keep_wrong_balances: ("3", "balances equal their postings"),
    faults.issue_for_another_evening: ("3", "tickets fit their booking"),
    faults.complete_again: ("3", "is confirmed, but its money is called stray"),
    faults.free_without_asking_stripe: ("3", "can still be paid, but its booking is"),
    faults.never_complete: ("3", "places under payment"),
    faults.ask_stripe_under_a_lock: ("3", r"inside a transaction \(R4\)"),
    faults.charge_a_cent_more: ("3", "of ours, but there are tickets"),
    faults.refund_under_a_new_key: ("21", "Stripe refunded"),
    faults.refund_twice: ("3", "sent back|is left"),
    faults.book_a_cent_too_much: ("3", "money in = tickets - refunds"),
    faults.book_one_side: ("3", "journal entries sum to zero"),
    faults.issue_twice: ("3", "no place sold twice"),
    faults.keep_places_sold: ("3", "is sold, but has no valid ticket"),
    faults.keep_tickets_valid: ("3", "is valid, but place"),
    faults.forget_the_holders: ("3", "valid tickets of a cancelled showtime"),
    faults.hand_over_once: ("3", "messages left in the outbox"),
    faults.handle_and_forget: ("3", "of ours, the books say"),
    faults.chain_wrongly: ("3", "activity log chain"),
}


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_simulation_finds(fault, monkeypatch):
    seed, told = FAULTS[fault]
    fault(monkeypatch)
    with pytest.raises(Broken, match=told) as broken:
        simulate(seed, 1_200, world_steps=120)
    print(f"{fault.__name__}: seed {broken.value.seed}, {broken.value.steps} steps")
