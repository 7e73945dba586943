"""DI2, SE1: what a place costs whom."""

from core.catalog.pricing import PriceList, Tier, in_order

STALLS, CIRCLE = 1, 2


def test_price_is_the_most_specific_when_tiers_overlap() -> None:
    prices = PriceList(
        [
            Tier("adult", 1000),
            Tier("adult", 1400, seat_type="premium"),
            Tier("adult", 2000, zone_id=STALLS),
            Tier("adult", 2600, zone_id=STALLS, seat_type="premium"),
        ]
    )
    found = {
        (zone, kind): prices.price(zone_id=zone, seat_type=kind, ticket_type="adult")
        for zone in (STALLS, CIRCLE)
        for kind in ("standard", "premium", "")
    }
    assert found == {
        (STALLS, "standard"): 2000,
        (STALLS, "premium"): 2600,
        (STALLS, ""): 2000,
        (CIRCLE, "standard"): 1000,
        (CIRCLE, "premium"): 1400,
        (CIRCLE, ""): 1000,
    }


def test_price_is_none_when_no_tier_covers_the_place() -> None:
    prices = PriceList([Tier("adult", 1700, seat_type="sofa"), Tier("adult", 3000, zone_id=CIRCLE)])
    assert prices.price(zone_id=STALLS, seat_type="standard", ticket_type="adult") is None
    assert prices.price(zone_id=CIRCLE, seat_type="standard", ticket_type="child") is None


def test_price_of_nothing_is_a_price_when_the_showtime_is_free() -> None:
    assert PriceList([Tier("adult", 0)]).price(zone_id=STALLS, seat_type="standard", ticket_type="adult") == 0


def test_prices_name_only_what_is_sold_there_when_types_differ_by_zone() -> None:
    prices = PriceList([Tier("adult", 2000), Tier("child", 900, zone_id=STALLS), Tier("reduced", 1500)])
    assert prices.prices(zone_id=STALLS, seat_type="standard") == {"adult": 2000, "child": 900, "reduced": 1500}
    assert prices.prices(zone_id=CIRCLE, seat_type="standard") == {"adult": 2000, "reduced": 1500}
    assert PriceList([]).prices(zone_id=STALLS, seat_type="standard") == {}


def test_span_leaves_out_what_is_not_sold_when_a_type_has_no_tier() -> None:
    prices = PriceList([Tier("adult", 1190, seat_type="standard"), Tier("adult", 1450, seat_type="premium")])
    kinds = [(STALLS, "standard"), (STALLS, "premium"), (STALLS, "sofa")]
    assert prices.span(kinds, "adult") == (1190, 1450)
    assert prices.span(kinds, "child") is None


def test_in_order_sorts_by_ticket_type_when_tiers_come_mixed() -> None:
    tiers = [Tier("reduced", 3), Tier("adult", 1), Tier("child", 2), Tier("adult", 4)]
    assert in_order(tiers, ["adult", "child", "reduced"]) == [tiers[1], tiers[3], tiers[2], tiers[0]]
