"""From held seats to tickets: fix the prices, take the money, keep the promise.

    begin       one transaction: booking, payment, attempt with all its parameters, lease            -> committed
    checkout    ask Stripe for the session with the attempt's key; keep its id                       -> short write
    settle      ask Stripe what became of it (success page, completer); complete if it is paid
    complete    one transaction: sell the places, confirm, issue tickets, write the books, post the mail
    give_up     end the session at Stripe first; only when it is dead, free the places

Everything is safe to run twice, in any order, by the webhook, the success page and the completer at once. Locks are
taken in one order: the event in the inbox, the booking, the payment, then its refund or the places, a promo code last.
"""

from core.flows.purchase.beginning import Begun, begin, offer, open_quote
from core.flows.purchase.completing import complete
from core.flows.purchase.ending import expire_session_ended, give_up, settle, settle_late
from core.flows.purchase.paying import ReturnPages, checkout
from core.flows.purchase.settling import wait_for_settling

__all__ = [
    "Begun",
    "ReturnPages",
    "begin",
    "checkout",
    "complete",
    "expire_session_ended",
    "give_up",
    "offer",
    "open_quote",
    "settle",
    "settle_late",
    "wait_for_settling",
]
