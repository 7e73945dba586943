"""Payments that were made before the emulator was there: told by a file, made into records when first asked for.

The file has one JSON line for each:
    {"payment_intent": "pi_...", "amount": 2400, "currency": "eur", "created": 1763700000}
Nothing is sent about them: whoever wrote the file knows.
"""

import json
from pathlib import Path

from e2e.stripe_emulator import balance, methods, objects
from e2e.stripe_emulator.attempts import GENUINE
from e2e.stripe_emulator.cards import CARDS
from e2e.stripe_emulator.emulator import Emulator, Told, fetch
from e2e.stripe_emulator.store import Record


def read(file: Path | None) -> Told:
    """What the file tells, by PaymentIntent; nothing if it is not there."""
    if file is None or not file.exists():
        return {}
    rows = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    return {row["payment_intent"]: row for row in rows}


def fetch_intent(emulator: Emulator, id: str, *, param: str = "id") -> Record:
    """The PaymentIntent, or Stripe's "No such ...", also if only the file knows it."""
    told = emulator.told.pop(id, None)
    if told is not None and emulator.store.get("payment_intent", id) is None:
        method = methods.build_card(emulator, CARDS["4242424242424242"])
        intent = objects.payment_intent(told, told["created"], payment_method_types=["card"], _session=None)
        charge = objects.charge(intent | {"id": id}, method, told["created"])
        fee = balance.charge_fee(charge["amount"], charge["currency"])
        charge.update(
            amount_captured=charge["amount"],
            balance_transaction=balance.move(emulator, "charge", charge, charge["amount"], fee),
            captured=True,
            outcome=GENUINE,
            paid=True,
            status="succeeded",
        )
        intent.update(id=id, status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
        intent.update(payment_method=method["id"], client_secret=f"{id}_secret_{intent['client_secret'][-25:]}")
        emulator.store.put(charge)
        emulator.store.put(intent)
    return fetch(emulator, "payment_intent", id, param=param)
