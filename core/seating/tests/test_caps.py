"""How much one person, one address and all nameless visitors together may hold: R22, R23."""

import pytest

from core.kernel.actor import Actor
from core.seating import actions, refusals
from core.seating.tests.stage import AMINA, MINUTE, NOW, everything, places

pytestmark = pytest.mark.django_db


def visitor(number: int, address: str = "198.51.100.7") -> Actor:
    """A browser with fresh cookies."""
    return Actor(holder=f"anon:{number}", address=address)


def hold(hall, actor, *labels):
    return actions.hold(showtime=hall.fresh(), seat_ids=hall.seats(*labels), actor=actor, now=NOW)


def test_fresh_cookies_do_not_make_new_people_of_one_address_r23(hall):
    hall.set(places_per_address=3)
    for number, label in enumerate(("A1", "A2", "A3")):
        hold(hall, visitor(number), label)
    before = everything(hall)
    with pytest.raises(refusals.NeedsProof):
        hold(hall, visitor(9), "A4")
    assert everything(hall) == before
    hold(hall, visitor(9, address="198.51.100.8"), "A4")
    hold(hall, AMINA, "A5")


def test_one_line_owns_its_whole_ipv6_network_r23(hall):
    hall.set(places_per_address=1)
    hold(hall, visitor(1, "2001:db8:1:1::1"), "A1")
    with pytest.raises(refusals.NeedsProof):
        hold(hall, visitor(2, "2001:db8:1:1:ffff::2"), "A2")
    hold(hall, visitor(3, "2001:db8:1:2::1"), "A2")


def test_visitors_without_proof_hold_at_most_their_share_of_the_showtime_together_r23(hall):
    hall.set(anonymous_share=25)  # of 20 seats and 6 standing places: 6
    for number in range(6):
        hold(hall, visitor(number, f"198.51.100.{number}"), f"{'AB'[number // 3]}{1 + number % 3}")
    before = everything(hall)
    with pytest.raises(refusals.NeedsProof) as refused:
        hold(hall, visitor(9, "198.51.100.99"), "B6")
    assert refused.value.kind == "needs_proof"
    assert everything(hall) == before
    hold(hall, AMINA, "B6")


def test_share_counts_standing_places_where_there_is_hardly_a_seat(hall):
    """A club without seats can be held in by visitors at all."""
    hall.set(anonymous_share=50)
    actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("A1"), actor=visitor(0), now=NOW)
    showtime = hall.fresh()
    showtime.seat_map.seat_count = 0
    actions.hold_standing(showtime=showtime, zone_id=hall.floor, quantity=2, actor=visitor(1), now=NOW)
    assert len(places(hall)) == 3
    with pytest.raises(refusals.NeedsProof):
        actions.hold_standing(showtime=showtime, zone_id=hall.floor, quantity=1, actor=visitor(2), now=NOW)


def test_lapsed_and_released_holds_do_not_count_against_an_address_r23(hall):
    hall.set(places_per_address=2)
    hold(hall, visitor(1), "A1", "A2")
    actions.hold(showtime=hall.fresh(), seat_ids=hall.seats("B1"), actor=visitor(2), now=NOW + 5 * MINUTE)


def test_a_proved_address_is_no_longer_nameless_r23(hall):
    hall.set(places_per_address=1)
    hold(hall, visitor(1), "A1")
    hold(hall, Actor(holder="mail:digest", address="198.51.100.7"), "A2", "A3")
    assert len(places(hall)) == 3
