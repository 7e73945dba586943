"""The hosted pages, for a customer's browser, without any JavaScript."""

from flask import Flask, redirect, render_template, request
from werkzeug.wrappers import Response

from e2e.stripe_emulator import checkout, duties
from e2e.stripe_emulator.emulator import Emulator
from e2e.stripe_emulator.money import format_amount
from e2e.stripe_emulator.store import Record

POLICY = "default-src 'none'; style-src 'self'; img-src * data:; base-uri 'none'; frame-ancestors 'none'"
VERBS = {"book": "Book", "donate": "Donate", "pay": "Pay", "subscribe": "Subscribe", "auto": "Pay"}
FILLED = {"ok": "4242424242424242", "declined": "4000000000000002", "bank": "4000002500003155"}
METHOD_NAMES = {"card": "Card", "paypal": "PayPal", "sepa_debit": "SEPA Direct Debit"}
Page = str | Response | tuple[str, int]


def register(app: Flask, emulator: Emulator) -> None:
    """Puts the pages into the app."""
    app.jinja_env.globals.update(money=format_amount, method_names=METHOD_NAMES, merchant=emulator.settings.merchant)

    @app.get("/c/pay/<id>")
    def show(id: str) -> Page:
        with emulator.store.lock:
            duties.run(emulator)
            session = emulator.store.get("checkout.session", id)
            if session is None:
                return _message("unknown", None, 404)
            filled = FILLED.get(request.args.get("fill", ""))
            form = checkout.by_number(filled, email="", billingName="") if filled else {}
            return _page(emulator, session, form, checkout.Outcome("shown"))

    @app.post("/c/pay/<id>")
    def submit(id: str) -> Page:
        with emulator.store.lock:
            duties.run(emulator)
            session = emulator.store.get("checkout.session", id)
            if session is None:
                return _message("unknown", None, 404)
            outcome = checkout.submit(emulator, session, request.form.to_dict())
            if outcome.kind in ("done", "authenticate"):
                return redirect(outcome.url, code=303)
            return _page(emulator, session, request.form.to_dict(), outcome)

    @app.route("/authenticate/<id>", methods=["GET", "POST"])
    def authenticate(id: str) -> Page:
        with emulator.store.lock:
            duties.run(emulator)
            return _authenticate(emulator, id)

    @app.get("/receipts/<id>")
    def receipt(id: str) -> Page:
        charge = emulator.store.get("charge", id)
        return render_template("receipt.html", charge=charge) if charge else _message("unknown", None, 404)

    @app.after_request
    def protect(response: Response) -> Response:
        response.headers["Content-Security-Policy"] = POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        if response.mimetype == "text/html":
            response.headers["Cache-Control"] = "no-store"
        return response


def _page(emulator: Emulator, session: Record, form: dict[str, str], outcome: checkout.Outcome) -> Page:
    if session["status"] != "open":
        return _message(session["status"], session, 200 if session["status"] == "complete" else 410)
    saved = checkout.saved_methods(emulator, session)
    chosen = form.get("method") or (saved[0]["id"] if saved else session["payment_method_types"][0])
    page = render_template(
        "checkout.html",
        session=session,
        lines=session["_line_items"],
        form=form,
        errors=outcome.errors,
        declined=outcome.message,
        saved=saved,
        chosen=chosen,
        button=_button(session),
        owner=emulator.store.get("customer", session["customer"] or ""),
        free=checkout.needs_no_method(session),
        may_save=_may_save(session),
        cancel_url=checkout.cancel_url(session),
        shop=(session["branding_settings"] or {}).get("display_name") or emulator.settings.merchant,
    )
    return page, {"invalid": 422, "declined": 402}.get(outcome.kind, 200)


def _button(session: Record) -> str:
    if session["mode"] == "setup":
        return "Save payment method"
    if session["amount_total"] == 0:
        return "Complete order"
    verb = VERBS[session["submit_type"] or "auto"]
    return f"{verb} {format_amount(session['amount_total'], session['currency'])}"


def _may_save(session: Record) -> bool:
    options = session["saved_payment_method_options"] or {}
    return options.get("payment_method_save") == "enabled" and session["customer"] is not None


def _message(what: str, session: Record | None, status: int) -> tuple[str, int]:
    back = checkout.success_url(session) if session and what == "complete" else ""
    if session and what == "expired":
        back = checkout.cancel_url(session)
    return render_template("message.html", what=what, session=session, back=back), status


def _authenticate(emulator: Emulator, id: str) -> Page:
    kind = "setup_intent" if id.startswith("seti_") else "payment_intent"
    intent = emulator.store.get(kind, id)
    if intent is None:
        return _message("unknown", None, 404)
    session = emulator.store.get("checkout.session", intent["_session"] or "")
    if intent["status"] != "requires_action":
        return _message(session["status"] if session and session["status"] != "open" else "over", session, 410)
    method = emulator.store.get("payment_method", intent["payment_method"])
    if request.method == "GET" or request.form.get("outcome") not in ("complete", "fail"):
        return render_template("authenticate.html", intent=intent, method=method, session=session)
    outcome = checkout.answer_bank(emulator, intent, proved=request.form["outcome"] == "complete")
    if outcome.kind == "declined" and session is not None:
        return _page(emulator, session, session["_form"], outcome)
    if outcome.url:
        return redirect(outcome.url, code=303)
    return _message("over", session, 200)
