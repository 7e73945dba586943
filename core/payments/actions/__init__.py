"""Asking Stripe to move money, and believing it about what moved.

Everything is written down before Stripe is asked, with the key that makes asking twice harmless; the answer is
kept in a second, short transaction. No lock is held in between.
"""

from core.payments.actions.attempts import (
    close_attempt,
    forget_customer,
    keep_state,
    look_at_attempt,
    open_attempt,
    prepare,
    prepare_attempt,
    set_aside_if_stale,
)
from core.payments.actions.inbox import forget_handled, receive, settle_event
from core.payments.actions.incidents import note_incident, resolve_incident
from core.payments.actions.outcomes import mark_expired, mark_processing, mark_succeeded
from core.payments.actions.refunding import (
    note_refund_outside,
    prepare_refund,
    refundable,
    send_refund,
    settle_refund,
)

__all__ = [
    "close_attempt",
    "forget_customer",
    "forget_handled",
    "keep_state",
    "look_at_attempt",
    "mark_expired",
    "mark_processing",
    "mark_succeeded",
    "note_incident",
    "note_refund_outside",
    "open_attempt",
    "prepare",
    "prepare_attempt",
    "prepare_refund",
    "receive",
    "refundable",
    "resolve_incident",
    "send_refund",
    "set_aside_if_stale",
    "settle_event",
    "settle_refund",
]
