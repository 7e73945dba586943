"""What each movement of money does to the merchant's balance at Stripe, fees included."""

from collections import defaultdict
from typing import Any

from e2e.stripe_emulator import listing
from e2e.stripe_emulator.emulator import Emulator, fetch
from e2e.stripe_emulator.objects import make
from e2e.stripe_emulator.store import Record, new_id

FIXED_FEE = {"eur": 25, "usd": 30, "gbp": 20, "chf": 30}
DISPUTE_FEE = 2000
CATEGORIES = {"payment": "charge", "adjustment": "dispute"}


def charge_fee(amount: int, currency: str) -> int:
    """1.5 percent, rounded half up, and a fixed part."""
    return (amount * 15 + 500) // 1000 + FIXED_FEE.get(currency, 25)


def move(emulator: Emulator, type: str, source: Record, amount: int, fee: int = 0, about: str | None = None) -> str:
    """Writes one balance transaction and returns its id."""
    details = [{"amount": fee, "application": None, "currency": source["currency"], "type": "stripe_fee",
                "description": "Stripe processing fees"}]  # fmt: skip
    transaction = make(
        "balance_transaction",
        new_id("txn_"),
        emulator.now(),
        amount=amount,
        available_on=emulator.now(),
        balance_type="payments",
        currency=source["currency"],
        description=about,
        fee=fee,
        fee_details=details if fee else [],
        net=amount - fee,
        reporting_category=CATEGORIES.get(type, type),
        source=source["id"],
        status="available",
        type=type,
    )
    emulator.store.put(transaction)
    return str(transaction["id"])


def retrieve(emulator: Emulator, params: dict[str, Any], id: str) -> Record:
    """GET /v1/balance_transactions/:id"""
    return fetch(emulator, "balance_transaction", id)


def list_transactions(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/balance_transactions"""
    wanted = {name: params[name] for name in ("currency", "source", "type") if name in params}
    return listing.page(emulator.store.where("balance_transaction", **wanted), params, "/v1/balance_transactions")


def summary(emulator: Emulator, params: dict[str, Any]) -> Record:
    """GET /v1/balance"""
    totals: dict[str, int] = defaultdict(int)
    for transaction in emulator.store.newest_first("balance_transaction"):
        totals[transaction["currency"]] += transaction["net"]
    available = [
        {"amount": amount, "currency": currency, "source_types": {"card": amount}}
        for currency, amount in sorted(totals.items())
    ]
    return {
        "object": "balance",
        "available": available,
        "livemode": False,
        "pending": [{"amount": 0, "currency": line["currency"], "source_types": {"card": 0}} for line in available],
    }
