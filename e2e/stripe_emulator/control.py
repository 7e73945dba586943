"""The test's side door under /_control/: switches, things that would take days, and what was seen."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Flask, Response, jsonify, request

from e2e.stripe_emulator import checkout, disputes, duties, earlier, refunds, sessions
from e2e.stripe_emulator.emulator import API_VERSION, Emulator, fetch
from e2e.stripe_emulator.errors import ApiError, ParamError
from e2e.stripe_emulator.events import matches
from e2e.stripe_emulator.objects import public
from e2e.stripe_emulator.store import Record

Handler = Callable[..., Any]


def register(app: Flask, emulator: Emulator) -> None:
    """Puts every control endpoint into the app; each takes and gives JSON."""
    table: list[tuple[str, str, Handler]] = [
        ("GET", "health", _health),
        ("GET", "faults", _faults),
        ("POST", "faults", _change_faults),
        ("POST", "reset", _reset),
        ("POST", "clock", _advance),
        ("POST", "sessions/<id>/expire", _expire),
        ("POST", "sessions/<id>/pay", _pay),
        ("POST", "sessions/<id>/settle", _settle),
        ("POST", "payments/<id>/dispute", _dispute),
        ("POST", "disputes/<id>/close", _close_dispute),
        ("POST", "refunds/<id>/finish", _finish_refund),
        ("POST", "webhooks/release", _release),
        ("GET", "webhooks", _webhooks),
        ("POST", "events/<id>/resend", _resend),
        ("GET", "money", _money),
        ("GET", "log", _log),
        ("DELETE", "log", _clear_log),
    ]
    for method, path, handler in table:
        app.add_url_rule(
            f"/_control/{path}",
            endpoint=f"control {method} {path}",
            view_func=_view(emulator, handler),
            methods=[method],
        )


def _view(emulator: Emulator, handler: Handler) -> Callable[..., Response]:
    def view(**ids: str) -> Response:
        body = request.get_json(silent=True) or {}
        try:
            with emulator.store.lock:
                return jsonify(handler(emulator, body, **ids))
        except ApiError as error:
            answer = jsonify(error.body(""))
            answer.status_code = error.status
            return answer

    return view


def _health(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return {"status": "ok", "api_version": API_VERSION, "now": emulator.now(), "threads": threading.active_count()}


def _faults(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    return emulator.faults.as_dict()


def _change_faults(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.faults.change(body)
    return emulator.faults.as_dict()


def _reset(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.reset()
    return {"reset": True}


def _advance(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """{"advance_s": 3600}: time passes, and what falls due is done."""
    emulator.store.advance(float(body["advance_s"]))
    duties.run(emulator)
    return {"now": emulator.now(), "ahead_s": emulator.store.offset}


def _session(emulator: Emulator, id: str) -> Record:
    return fetch(emulator, "checkout.session", id)


def _expire(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """The session's time is up now, as if it had run out by itself."""
    session = _session(emulator, id)
    if session["status"] != "open":
        raise ApiError(f"The session is {session['status']}.")
    session["expires_at"] = emulator.now()
    return public(sessions.close(emulator, session))


def _pay(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """Pays as a customer would: {"card": "4242..." or "sepa_debit" or "paypal", "bank": "complete" or "fail"}."""
    session = _session(emulator, id)
    extra = {name: value for name, value in body.items() if name not in ("card", "bank")}
    outcome = checkout.submit(emulator, session, checkout.by_number(body.get("card", "4242424242424242"), **extra))
    if outcome.kind == "authenticate":
        kind = "setup_intent" if session["mode"] == "setup" else "payment_intent"
        proved = body.get("bank", "complete") == "complete"
        outcome = checkout.answer_bank(emulator, fetch(emulator, kind, session[kind]), proved)
    return {
        "outcome": outcome.kind,
        "url": outcome.url,
        "message": outcome.message,
        "errors": outcome.errors,
        "session": public(session),
    }


def _settle(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """{"outcome": "succeeded" or "failed"}"""
    return public(checkout.settle(emulator, _session(emulator, id), _outcome(body, "succeeded", "failed")))


def _outcome(body: dict[str, Any], good: str, bad: str) -> bool:
    if body.get("outcome") not in (good, bad):
        raise ParamError(f"outcome must be {good} or {bad}", param="outcome")
    return bool(body["outcome"] == good)


def _dispute(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """By payment intent or charge: {"reason": "fraudulent", "amount": 500}"""
    if id.startswith("pi_"):
        id = earlier.fetch_intent(emulator, id)["latest_charge"] or ""
    charge = fetch(emulator, "charge", id)
    return public(disputes.begin(emulator, charge, body.get("reason", "fraudulent"), body.get("amount")))


def _close_dispute(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """{"outcome": "won" or "lost"}"""
    return public(disputes.end(emulator, fetch(emulator, "dispute", id), _outcome(body, "won", "lost")))


def _finish_refund(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """{"outcome": "succeeded" or "failed"}"""
    good = _outcome(body, "succeeded", "failed")
    return public(refunds.finish(emulator, fetch(emulator, "refund", id), "succeeded" if good else "failed"))


def _release(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """Sends what was held: {"order": "reversed", "only": [ids or types], "lost": true for the lost ones instead}"""
    state = "lost" if body.get("lost") else "held"
    return {
        "released": emulator.deliverer.release(state, body.get("order") == "reversed", body.get("only", ())),
    }


def _webhooks(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """Every event with its way so far; ?type= narrows; `idle` says that nothing is due now."""
    wanted = [request.args["type"]] if "type" in request.args else None
    events = [event for event in emulator.store.newest_first("event") if matches(event["type"], wanted)]
    lines = [
        {
            "id": event["id"],
            "type": event["type"],
            "object": event["data"]["object"]["id"],
            "state": event["_state"],
            "deliveries": event["_deliveries"],
        }
        for event in reversed(events)
    ]
    return {"events": lines, "idle": emulator.deliverer.idle()}


def _resend(emulator: Emulator, body: dict[str, Any], id: str) -> dict[str, Any]:
    """Delivers an event once more, whatever became of it; {"after_s": 5} waits."""
    event = fetch(emulator, "event", id)
    emulator.deliverer.send(event["id"], after=float(body.get("after_s", 0)))
    return {"resent": event["id"]}


def _money(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """What was charged and refunded, by payment intent and in all."""
    rows, totals = {}, {"charged": 0, "refunded": 0, "disputed": 0}
    for intent in reversed(emulator.store.newest_first("payment_intent")):
        row = _money_of(emulator, intent)
        rows[intent["id"]] = row
        for name in totals:
            totals[name] += row[name]
    return {"payment_intents": rows, "totals": totals}


def _money_of(emulator: Emulator, intent: Record) -> dict[str, Any]:
    charges = list(emulator.store.where("charge", payment_intent=intent["id"]))
    disputed = sum(
        dispute["amount"]
        for dispute in emulator.store.where("dispute", payment_intent=intent["id"])
        if dispute["status"] != "won"
    )
    return {
        "currency": intent["currency"],
        "status": intent["status"],
        "session": intent["_session"],
        "metadata": intent["metadata"],
        "charged": sum(charge["amount"] for charge in charges if charge["status"] == "succeeded"),
        "charges": len([1 for charge in charges if charge["status"] == "succeeded"]),
        "refunded": sum(charge["amount_refunded"] for charge in charges),
        "disputed": disputed,
    }


def _log(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    """Requests to the API; ?method=POST&path=/v1/refunds (a beginning) &request=req_... narrow."""
    lines = [line for line in emulator.log if _wanted(line)]
    return {"requests": lines, "now": time.time()}


def _wanted(line: dict[str, Any]) -> bool:
    asked = request.args
    if not str(line["path"]).startswith(asked.get("path", "")):
        return False
    return all(asked.get(name, line[key]) == line[key] for name, key in (("method", "method"), ("request", "id")))


def _clear_log(emulator: Emulator, body: dict[str, Any]) -> dict[str, Any]:
    emulator.log.clear()
    return {"cleared": True}
