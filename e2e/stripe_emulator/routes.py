"""Which request leads where: method, path, the SDK's type of its parameters, and who answers it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from stripe import params as p
from stripe.params import checkout as pc

from e2e.stripe_emulator import balance, customers, disputes, events, intents, methods, refunds, sessions


@dataclass(frozen=True)
class Route:
    """One operation of the API."""

    method: str
    path: str
    params: type
    answer: Callable[..., dict[str, Any]]


def _crud(base: str, module: Any, name: str, types: Any, *, writes: bool = True) -> list[Route]:
    found = [Route("GET", f"{base}/<id>", getattr(types, f"{name}RetrieveParams"), module.retrieve)]
    if writes:
        found.append(Route("POST", base, getattr(types, f"{name}CreateParams"), module.create))
        found.append(Route("POST", f"{base}/<id>", getattr(types, f"{name}UpdateParams"), module.update))
    return found


SESSIONS, INTENTS, SETUPS = "/v1/checkout/sessions", "/v1/payment_intents", "/v1/setup_intents"
CUSTOMERS, METHODS, REFUNDS = "/v1/customers", "/v1/payment_methods", "/v1/refunds"

ROUTES: list[Route] = [
    *_crud(SESSIONS, sessions, "Session", pc),
    Route("GET", SESSIONS, pc.SessionListParams, sessions.list_sessions),
    Route("POST", f"{SESSIONS}/<id>/expire", pc.SessionExpireParams, sessions.expire),
    Route("GET", f"{SESSIONS}/<id>/line_items", pc.SessionListLineItemsParams, sessions.list_lines),
    Route("POST", INTENTS, p.PaymentIntentCreateParams, intents.create_payment),
    Route("GET", INTENTS, p.PaymentIntentListParams, intents.list_payments),
    Route("GET", f"{INTENTS}/<id>", p.PaymentIntentRetrieveParams, intents.retrieve_payment),
    Route("POST", f"{INTENTS}/<id>", p.PaymentIntentUpdateParams, intents.update_payment),
    Route("POST", f"{INTENTS}/<id>/confirm", p.PaymentIntentConfirmParams, intents.confirm_payment),
    Route("POST", f"{INTENTS}/<id>/cancel", p.PaymentIntentCancelParams, intents.cancel_payment),
    Route("POST", SETUPS, p.SetupIntentCreateParams, intents.create_setup),
    Route("GET", SETUPS, p.SetupIntentListParams, intents.list_setups),
    Route("GET", f"{SETUPS}/<id>", p.SetupIntentRetrieveParams, intents.retrieve_setup),
    Route("POST", f"{SETUPS}/<id>/confirm", p.SetupIntentConfirmParams, intents.confirm_setup),
    Route("POST", f"{SETUPS}/<id>/cancel", p.SetupIntentCancelParams, intents.cancel_setup),
    *_crud(CUSTOMERS, customers, "Customer", p),
    Route("GET", CUSTOMERS, p.CustomerListParams, customers.list_customers),
    Route("DELETE", f"{CUSTOMERS}/<id>", p.CustomerDeleteParams, customers.delete),
    Route("GET", f"{CUSTOMERS}/<customer>/payment_methods", p.CustomerPaymentMethodListParams, methods.list_methods),
    Route(
        "GET",
        f"{CUSTOMERS}/<customer>/payment_methods/<id>",
        p.CustomerPaymentMethodRetrieveParams,
        methods.retrieve_for_customer,
    ),
    *_crud(METHODS, methods, "PaymentMethod", p),
    Route("GET", METHODS, p.PaymentMethodListParams, methods.list_methods),
    Route("POST", f"{METHODS}/<id>/attach", p.PaymentMethodAttachParams, methods.attach),
    Route("POST", f"{METHODS}/<id>/detach", p.PaymentMethodDetachParams, methods.detach),
    *_crud(REFUNDS, refunds, "Refund", p),
    Route("GET", REFUNDS, p.RefundListParams, refunds.list_refunds),
    Route("POST", f"{REFUNDS}/<id>/cancel", p.RefundCancelParams, refunds.cancel),
    Route("GET", "/v1/charges", p.ChargeListParams, refunds.list_charges),
    Route("GET", "/v1/charges/<id>", p.ChargeRetrieveParams, refunds.retrieve_charge),
    *_crud("/v1/disputes", disputes, "Dispute", p, writes=False),
    Route("GET", "/v1/disputes", p.DisputeListParams, disputes.list_disputes),
    Route("POST", "/v1/disputes/<id>/close", p.DisputeCloseParams, disputes.close),
    *_crud("/v1/balance_transactions", balance, "BalanceTransaction", p, writes=False),
    Route("GET", "/v1/balance_transactions", p.BalanceTransactionListParams, balance.list_transactions),
    Route("GET", "/v1/balance", p.BalanceRetrieveParams, balance.summary),
    *_crud("/v1/events", events, "Event", p, writes=False),
    Route("GET", "/v1/events", p.EventListParams, events.list_events),
]
