"""The way of every API request: log, key, idempotency, faults, parameters, the answer itself, and how it leaves."""

import base64
import hmac
import json
import socket
import threading
import time
from typing import Any

from flask import Flask, Response, request

from e2e.stripe_emulator import duties, idempotency, params
from e2e.stripe_emulator.emulator import API_VERSION, Emulator
from e2e.stripe_emulator.errors import ApiError, ParamError
from e2e.stripe_emulator.present import present
from e2e.stripe_emulator.routes import ROUTES, Route
from e2e.stripe_emulator.store import new_id

REMOVED = "payment_method_types"
Answer = tuple[int, dict[str, Any], dict[str, str]]


def register(app: Flask, emulator: Emulator) -> None:
    """Puts every route of the API into the app, and Stripe's answer to any other."""
    for route in ROUTES:
        app.add_url_rule(
            route.path,
            endpoint=f"{route.method} {route.path}",
            view_func=_view(emulator, route),
            methods=[route.method],
            provide_automatic_options=False,
        )

    @app.route("/v1/<path:rest>", methods=["GET", "POST", "DELETE", "PUT", "PATCH"])
    def unknown(rest: str) -> Response:
        error = ApiError(
            f"Unrecognized request URL ({request.method}: /v1/{rest}). Please see https://docs.stripe.com/.", status=404
        )
        return _respond((404, error.body(""), {}), new_id("req_"))


def _view(emulator: Emulator, route: Route) -> Any:
    def view(**ids: str) -> Response:
        request_id = new_id("req_")
        started = time.time()
        entry = _log_line(request_id, started)
        emulator.log.append(entry)
        try:
            entry["params"] = params.decode(_text())
            answer = _guarded(emulator, route, ids, entry["params"], request_id)
        except ApiError as error:
            answer = (error.status, error.body(request_id), {})
        entry.update(status=answer[0], duration_s=round(time.time() - started, 4), finished=True)
        entry["replayed"] = "Idempotent-Replayed" in answer[2]
        if _struck(emulator, "drop"):
            entry["dropped"] = True
            _hang_up()
        return _respond(answer, request_id)

    return view


def _log_line(request_id: str, started: float) -> dict[str, Any]:
    return {
        "id": request_id,
        "at": started,
        "method": request.method,
        "path": request.path,
        "params": {},
        "idempotency_key": request.headers.get("Idempotency-Key"),
        "thread": threading.current_thread().name,
        "status": None,
        "duration_s": None,
        "replayed": False,
        "dropped": False,
        "finished": False,
    }


def _text() -> str:
    if request.method == "POST":
        return request.get_data(as_text=True)
    return request.query_string.decode()


def _guarded(emulator: Emulator, route: Route, ids: dict[str, str], tree: dict[str, Any], request_id: str) -> Answer:
    _check_key(emulator)
    key = request.headers.get("Idempotency-Key") if request.method == "POST" else None
    if key:
        kept = idempotency.begin(emulator, key, request.method, request.path, tree)
        if kept is not None:
            return kept["status"], kept["body"], {"Idempotent-Replayed": "true", "Original-Request": kept["request_id"]}
    try:
        answer = _ask(emulator, route, ids, tree, request_id)
    except ParamError:
        if key:
            idempotency.release(emulator, key)
        raise
    except _NotKept as trouble:
        if key:
            idempotency.release(emulator, key)
        return trouble.answer
    if key:
        idempotency.keep(emulator, key, request_id, answer[0], answer[1])
    return answer


class _NotKept(Exception):
    """Trouble before anything ran: the same key may be used again."""

    def __init__(self, answer: Answer) -> None:
        self.answer = answer


def _ask(emulator: Emulator, route: Route, ids: dict[str, str], tree: dict[str, Any], request_id: str) -> Answer:
    faults = emulator.faults
    if faults.api_delay_s and faults.concerns(request.method, request.path):
        time.sleep(faults.api_delay_s)
    if _struck(emulator, "rate_limits"):
        error = ApiError("Too many requests hit the API too quickly.", status=429, code="rate_limit")
        raise _NotKept((429, error.body(request_id), {}))
    if _struck(emulator, "api_errors"):
        error = ApiError("An unknown error occurred", status=500, kind="api_error")
        answer = (500, error.body(request_id), {"Stripe-Should-Retry": "false"} if faults.api_errors_kept else {})
        if faults.api_errors_kept:
            return answer
        raise _NotKept(answer)
    if REMOVED in tree and route.path.startswith(("/v1/payment_intents", "/v1/setup_intents")):
        raise ParamError(f"`{REMOVED}` is no longer supported.", code=f"{REMOVED}_no_longer_supported", param=REMOVED)
    checked = params.check(route.params, tree)
    try:
        return 200, _run(emulator, route, ids, checked, request_id), {}
    except ParamError:
        raise
    except ApiError as error:
        return error.status, error.body(request_id), {}


def _struck(emulator: Emulator, fault: str) -> bool:
    with emulator.store.lock:
        return emulator.faults.strikes(fault, request.method, request.path)


def _run(
    emulator: Emulator, route: Route, ids: dict[str, str], checked: dict[str, Any], request_id: str
) -> dict[str, Any]:
    with emulator.store.lock:
        duties.run(emulator)
        emulator.cause = {"id": request_id, "idempotency_key": request.headers.get("Idempotency-Key")}
        try:
            record = route.answer(emulator, checked, **ids)
        finally:
            emulator.cause = None
        return present(emulator, record, checked.get("expand", []))


def _check_key(emulator: Emulator) -> None:
    given = _given_key()
    if not given:
        raise ApiError(
            "You did not provide an API key. You need to provide your API key in the Authorization header, using "
            "Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY').",
            status=401,
        )
    if not hmac.compare_digest(given.encode(), emulator.settings.api_key.encode()):
        hidden = f"{given[:8]}{'*' * max(len(given) - 12, 4)}{given[-4:]}"
        raise ApiError(f"Invalid API Key provided: {hidden}", status=401)


def _given_key() -> str:
    scheme, _, rest = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            return base64.b64decode(rest).decode().partition(":")[0]
        except ValueError:
            return ""
    return rest.strip() if scheme.lower() == "bearer" else ""


def _respond(answer: Answer, request_id: str) -> Response:
    status, body, headers = answer
    response = Response(json.dumps(body, indent=2) + "\n", status=status, mimetype="application/json")
    response.headers.update({"Request-Id": request_id, "Stripe-Version": API_VERSION, **headers})
    if request.headers.get("Idempotency-Key"):
        response.headers["Idempotency-Key"] = request.headers["Idempotency-Key"]
    return response


def _hang_up() -> None:
    """Closes the connection although the work is done: the caller never hears of it."""
    connected = request.environ.get("waitress.client_disconnected")
    channel = getattr(connected, "__self__", None)
    if channel is not None:
        channel.socket.shutdown(socket.SHUT_RDWR)
