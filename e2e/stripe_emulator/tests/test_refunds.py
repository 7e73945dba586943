"""Refunds, whole and in part, and what they do to charge, balance and webhooks."""

import pytest

from e2e.stripe_emulator.tests.conftest import World, refused


def test_refund_without_amount_returns_everything(world: World) -> None:
    """docs.stripe.com/api/refunds/create: without an amount the whole charge is refunded; a refund of a card payment
    succeeds at once."""
    session = world.paid()
    refund = world.client.v1.refunds.create(
        {"payment_intent": session.payment_intent.id, "metadata": {"refund": "r1"}, "reason": "requested_by_customer"}
    )
    assert (refund.object, refund.status, refund.amount, refund.currency) == ("refund", "succeeded", 2900, "eur")
    assert (refund.charge, refund.reason) == (session.payment_intent.latest_charge.id, "requested_by_customer")
    assert refund.metadata.to_dict() == {"refund": "r1"}
    charge = world.client.v1.charges.retrieve(refund.charge)
    assert (charge.refunded, charge.amount_refunded, charge.status) == (True, 2900, "succeeded")


def test_refund_sends_created_and_charge_refunded(world: World) -> None:
    """docs.stripe.com/changelog/acacia/2024-10-28/refund-webhook-update: refund.created comes for every refund, beside
    charge.refunded."""
    session = world.paid()
    refund = world.client.v1.refunds.create({"payment_intent": session.payment_intent.id, "amount": 500})
    world.settled()
    created, changed = world.endpoint.events("refund.created", "charge.refunded")
    assert (created["type"], created["data"]["object"]["id"]) == ("refund.created", refund.id)
    assert (changed["type"], changed["data"]["object"]["amount_refunded"]) == ("charge.refunded", 500)


def test_refund_in_parts_until_nothing_is_left(world: World) -> None:
    """docs.stripe.com/api/refunds/create: part of a charge can be refunded, several times, until it is all refunded;
    then the code is charge_already_refunded."""
    intent = world.paid().payment_intent.id
    parts = [world.client.v1.refunds.create({"payment_intent": intent, "amount": n}) for n in (1450, 1000)]
    rest = world.client.v1.refunds.create({"payment_intent": intent})
    assert [refund.amount for refund in [*parts, rest]] == [1450, 1000, 450]
    error = refused(lambda: world.client.v1.refunds.create({"payment_intent": intent, "amount": 1}))
    assert (error.http_status, error.code) == (400, "charge_already_refunded")
    found = world.client.v1.refunds.list({"payment_intent": intent}).data
    assert [refund.id for refund in found] == [rest.id, parts[1].id, parts[0].id]
    assert world.ask("money")["payment_intents"][intent]["refunded"] == 2900


def test_refund_of_more_than_is_left_is_refused_and_moves_nothing(world: World) -> None:
    """docs.stripe.com/refunds: the total refunded cannot be greater than the original charge."""
    intent = world.paid().payment_intent.id
    world.client.v1.refunds.create({"payment_intent": intent, "amount": 2000})
    error = refused(lambda: world.client.v1.refunds.create({"payment_intent": intent, "amount": 901}))
    assert (error.http_status, error.param) == (400, "amount")
    assert "9.01 EUR" in str(error) and "9.00 EUR" in str(error)
    assert [refund.amount for refund in world.client.v1.refunds.list({"payment_intent": intent}).data] == [2000]


@pytest.mark.parametrize("amount", [0, -5])
def test_refund_of_nothing_is_refused(world: World, amount: int) -> None:
    """docs.stripe.com/api/refunds/create#amount: a positive integer."""
    intent = world.paid().payment_intent.id
    assert (
        refused(lambda: world.client.v1.refunds.create({"payment_intent": intent, "amount": amount})).param == "amount"
    )


def test_refund_wants_exactly_one_of_charge_and_intent(world: World) -> None:
    """docs.stripe.com/api/refunds/create: a Charge or a PaymentIntent has to be named."""
    intent = world.paid().payment_intent
    assert refused(lambda: world.client.v1.refunds.create()).http_status == 400
    by_charge = world.client.v1.refunds.create({"charge": intent.latest_charge.id, "amount": 100})
    assert by_charge.payment_intent == intent.id
    assert refused(lambda: world.client.v1.refunds.create({"charge": "ch_none"})).code == "resource_missing"


def test_refund_of_an_unpaid_intent_is_refused(world: World) -> None:
    """docs.stripe.com/refunds: a payment is refunded after it succeeds; before, it is cancelled."""
    intent = world.paid("sepa_debit").payment_intent.id
    assert "successful charge" in str(refused(lambda: world.client.v1.refunds.create({"payment_intent": intent})))


def test_refund_reason_is_one_of_three(world: World) -> None:
    """docs.stripe.com/api/refunds/create#reason: duplicate, fraudulent or requested_by_customer."""
    intent = world.paid().payment_intent.id
    error = refused(lambda: world.client.v1.refunds.create({"payment_intent": intent, "reason": "bored"}))
    assert error.param == "reason"


def test_pending_refund_succeeds_later(world: World) -> None:
    """docs.stripe.com/refunds and docs.stripe.com/changelog/basil/2025-04-30/refund-pending-reason: a refund can be
    pending, with its reason, and refund.updated tells of the end."""
    intent = world.paid().payment_intent.id
    world.control("faults", {"refund_status": "pending"})
    refund = world.client.v1.refunds.create({"payment_intent": intent})
    assert (refund.status, refund.pending_reason) == ("pending", "processing")
    world.control(f"refunds/{refund.id}/finish", {"outcome": "succeeded"})
    assert world.client.v1.refunds.retrieve(refund.id).status == "succeeded"
    world.settled()
    updated = world.endpoint.events("refund.updated")[0]
    assert updated["data"]["previous_attributes"] == {"status": "pending"}
    assert updated["data"]["object"]["status"] == "succeeded"


def test_failed_refund_gives_the_money_back_to_the_merchant(world: World) -> None:
    """docs.stripe.com/refunds#failed-refunds: a refund can fail; the bank returns the money, it comes back to the
    balance, and refund.failed is sent with a failure_reason."""
    session = world.paid()
    refund = world.client.v1.refunds.create({"payment_intent": session.payment_intent.id})
    before = world.client.v1.balance.retrieve().available[0].amount
    world.control(f"refunds/{refund.id}/finish", {"outcome": "failed"})
    failed = world.client.v1.refunds.retrieve(refund.id)
    assert (failed.status, failed.failure_reason) == ("failed", "lost_or_stolen_card")
    assert failed.failure_balance_transaction.startswith("txn_")
    assert world.client.v1.balance.retrieve().available[0].amount == before + 2900
    charge = world.client.v1.charges.retrieve(refund.charge)
    assert (charge.amount_refunded, charge.refunded) == (0, False)
    world.settled()
    assert world.endpoint.types()[-3:] == ["refund.updated", "charge.refund.updated", "refund.failed"]


def test_switch_makes_every_refund_fail(world: World) -> None:
    """docs.stripe.com/refunds#failed-refunds: a failed refund is first created, then fails."""
    intent = world.paid().payment_intent.id
    world.control("faults", {"refund_status": "failed"})
    refund = world.client.v1.refunds.create({"payment_intent": intent})
    assert refund.status == "failed"
    world.settled()
    assert "refund.failed" in world.endpoint.types()
    assert world.ask("money")["payment_intents"][intent]["refunded"] == 0


@pytest.mark.parametrize(
    ("card", "first", "last"),
    [("4000000000007726", "pending", "succeeded"), ("4000000000005126", "succeeded", "failed")],
)
def test_refund_test_cards_change_later_by_themselves(world: World, card: str, first: str, last: str) -> None:
    """docs.stripe.com/testing#refunds: with ...7726 the refund begins as pending and then succeeds; with ...5126 it
    begins as succeeded and then fails."""
    refund = world.client.v1.refunds.create({"payment_intent": world.paid(card).payment_intent.id})
    assert refund.status == first
    world.control("clock", {"advance_s": 5})
    assert world.client.v1.refunds.retrieve(refund.id).status == last


def test_balance_transactions_tell_gross_fee_and_net(world: World) -> None:
    """docs.stripe.com/reports/balance-transaction-types: a charge adds its amount less the fee; a refund takes its
    amount, and the fee of the charge is not returned."""
    session = world.paid()
    refund = world.client.v1.refunds.create({"payment_intent": session.payment_intent.id, "amount": 900})
    charged = world.client.v1.balance_transactions.retrieve(session.payment_intent.latest_charge.balance_transaction)
    assert (charged.type, charged.amount, charged.fee, charged.net) == ("charge", 2900, 69, 2831)
    taken = world.client.v1.balance_transactions.retrieve(refund.balance_transaction)
    assert (taken.type, taken.amount, taken.fee, taken.net, taken.source) == ("refund", -900, 0, -900, refund.id)
    assert world.client.v1.balance.retrieve().available[0].amount == 2831 - 900


def test_dispute_takes_the_money_and_forbids_refunds(world: World) -> None:
    """docs.stripe.com/disputes/how-disputes-work and error-codes#charge-disputed: the amount and a fee are withdrawn,
    charge.dispute.created is sent, and a disputed charge cannot be refunded."""
    session = world.paid()
    intent = session.payment_intent.id
    dispute = world.control(f"payments/{intent}/dispute", {"reason": "product_not_received"})
    found = world.client.v1.disputes.list({"payment_intent": intent}).data[0]
    assert (found.id, found.status, found.amount, found.reason) == (
        dispute["id"], "needs_response", 2900, "product_not_received",
    )  # fmt: skip
    assert found.balance_transactions[0].net == -2900 - 2000
    error = refused(lambda: world.client.v1.refunds.create({"payment_intent": intent}))
    assert error.code == "charge_disputed"
    assert world.client.v1.charges.retrieve(session.payment_intent.latest_charge.id).disputed is True
    world.settled()
    assert world.endpoint.types()[-2:] == ["charge.dispute.created", "charge.dispute.funds_withdrawn"]


@pytest.mark.parametrize(
    ("outcome", "types", "disputed"),
    [
        ("won", ["charge.dispute.funds_reinstated", "charge.dispute.closed"], 0),
        ("lost", ["charge.dispute.closed"], 2900),
    ],
)
def test_dispute_ends_won_or_lost(world: World, outcome: str, types: list[str], disputed: int) -> None:
    """docs.stripe.com/disputes/how-disputes-work: the bank decides; if it is won the money comes back."""
    intent = world.paid().payment_intent.id
    dispute = world.control(f"payments/{intent}/dispute")
    world.control(f"disputes/{dispute['id']}/close", {"outcome": outcome})
    assert world.client.v1.disputes.retrieve(dispute["id"]).status == outcome
    world.settled()
    assert world.endpoint.types()[-len(types) :] == types
    assert world.ask("money")["payment_intents"][intent]["disputed"] == disputed


def test_dispute_card_is_disputed_at_once(world: World) -> None:
    """docs.stripe.com/testing#disputes: a charge of 4000000000000259 succeeds, only to be disputed as fraudulent."""
    intent = world.paid("4000000000000259").payment_intent.id
    assert world.client.v1.disputes.list({"payment_intent": intent}).data[0].reason == "fraudulent"
