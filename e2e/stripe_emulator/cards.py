"""Stripe's test cards and what each of them does (docs.stripe.com/testing)."""

from dataclasses import dataclass

DECLINES = {
    "generic_decline": ("card_declined", "Your card was declined."),
    "insufficient_funds": ("card_declined", "Your card has insufficient funds."),
    "lost_card": ("card_declined", "Your card was declined."),
    "stolen_card": ("card_declined", "Your card was declined."),
    "expired_card": ("expired_card", "Your card has expired."),
    "incorrect_cvc": ("incorrect_cvc", "Your card's security code is incorrect."),
    "processing_error": (
        "processing_error",
        "An error occurred while processing your card. Try again in a little bit.",
    ),
    "authentication_required": (
        "authentication_required",
        "Your card was declined. This transaction requires authentication.",
    ),
}


@dataclass(frozen=True)
class Card:
    """One test card. `authentication` is never, unless_set_up (always on session) or always."""

    number: str
    brand: str = "visa"
    decline: str | None = None
    attaches: bool = True
    authentication: str = "never"
    refund: str = "succeeded"
    dispute: str | None = None
    funding: str = "credit"
    token: str = ""


CARDS = {
    card.number: card
    for card in (
        Card("4242424242424242", token="visa"),
        Card("4000056655665556", funding="debit", token="visa_debit"),
        Card("5555555555554444", brand="mastercard", token="mastercard"),
        Card("378282246310005", brand="amex", token="amex"),
        Card("4000000000000002", decline="generic_decline", attaches=False, token="chargeDeclined"),
        Card("4000000000009995", decline="insufficient_funds", attaches=False,
             token="chargeDeclinedInsufficientFunds"),
        Card("4000000000009987", decline="lost_card", attaches=False, token="chargeDeclinedLostCard"),
        Card("4000000000009979", decline="stolen_card", attaches=False, token="chargeDeclinedStolenCard"),
        Card("4000000000000069", decline="expired_card", attaches=False, token="chargeDeclinedExpiredCard"),
        Card("4000000000000127", decline="incorrect_cvc", attaches=False, token="chargeDeclinedIncorrectCvc"),
        Card("4000000000000119", decline="processing_error", attaches=False,
             token="chargeDeclinedProcessingError"),
        Card("4000000000000341", decline="generic_decline", token="chargeCustomerFail"),
        Card("4000002500003155", authentication="unless_set_up", token="authenticationRequiredOnSetup"),
        Card("4000002760003184", authentication="always", token="authenticationRequired"),
        Card("4000008260003178", authentication="always", decline="insufficient_funds",
             token="authenticationRequiredChargeDeclinedInsufficientFunds"),
        Card("4000000000007726", refund="pending", token="pendingRefund"),
        Card("4000000000005126", refund="failed", token="refundFail"),
        Card("4000000000000259", dispute="fraudulent", token="createDispute"),
    )
}  # fmt: skip
TOKENS = {card.token: card for card in CARDS.values()}


def luhn(number: str) -> bool:
    """Whether the check digit of a card number is right."""
    total = 0
    for index, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0
