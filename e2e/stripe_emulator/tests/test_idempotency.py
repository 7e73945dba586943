"""The same key gives the same answer; trouble on the way does not make a second payment."""

import threading
import time
from typing import Any

import stripe

from e2e.stripe_emulator.tests.conftest import SHOP, World, line, refused

PARAMS = {"mode": "payment", "success_url": f"{SHOP}/done/", "line_items": [line("Seat", 1450)]}


def create(world: World, key: str, client: stripe.StripeClient | None = None, **params: Any) -> Any:
    """A session under this key."""
    service = (client or world.client).v1.checkout.sessions
    return service.create({**PARAMS, **params}, options={"idempotency_key": key})


def test_same_key_and_parameters_give_the_same_answer(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: status and body of the first request are kept, and given again for the
    same key; the answer says that it was replayed."""
    first, again = create(world, "attempt-1"), create(world, "attempt-1")
    assert (again.id, again.url) == (first.id, first.url)
    assert again.last_response.headers["Idempotent-Replayed"] == "true"
    assert again.last_response.headers["Original-Request"] == first.last_response.request_id
    assert [session.id for session in world.checkout.list().data] == [first.id]
    assert create(world, "attempt-2").id != first.id


def test_kept_answer_is_the_old_one_even_when_the_object_has_changed(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: it is the saved body that comes back, not the object of today."""
    first = create(world, "attempt-1")
    world.checkout.expire(first.id)
    assert create(world, "attempt-1").status == "open"
    assert world.checkout.retrieve(first.id).status == "expired"


def test_same_key_with_other_parameters_is_refused(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: incoming parameters are compared with the first ones; if they differ,
    it is an error."""
    create(world, "attempt-1")
    error = refused(lambda: create(world, "attempt-1", locale="de"), stripe.IdempotencyError)
    assert (error.http_status, error.json_body["error"]["type"]) == (400, "idempotency_error")
    other = refused(
        lambda: world.client.v1.customers.create({}, options={"idempotency_key": "attempt-1"}), stripe.IdempotencyError
    )
    assert other.http_status == 400
    assert len(world.checkout.list().data) == 1


def test_refusal_is_kept_too(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: the first answer is kept whether it succeeds or fails."""
    intent = world.paid().payment_intent.id
    options: Any = {"idempotency_key": "refund-1"}
    world.control("faults", {"refund_status": "pending"})
    refund = world.client.v1.refunds.create({"payment_intent": intent})
    call = lambda: world.client.v1.refunds.create({"payment_intent": intent}, options=options)  # noqa: E731
    assert refused(call).code == "charge_already_refunded"
    world.control(f"refunds/{refund.id}/finish", {"outcome": "failed"})
    assert refused(call).code == "charge_already_refunded"
    assert world.client.v1.refunds.create({"payment_intent": intent}).amount == 2900


def test_wrong_parameters_are_not_kept(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: nothing is kept when the parameters fail validation, since nothing
    ran; the key may be used again."""
    assert refused(lambda: create(world, "attempt-1", locale="xx")).param == "locale"
    assert create(world, "attempt-1").status == "open"


def test_second_request_while_the_first_is_under_way_is_a_conflict(world: World) -> None:
    """docs.stripe.com/api/errors: 409 when the request conflicts with another one with the same idempotent key;
    docs.stripe.com/error-codes#idempotency-key-in-use."""
    world.control("faults", {"api_delay_s": 0.8, "only": "POST /v1/checkout/sessions"})
    found: list[Any] = []
    thread = threading.Thread(target=lambda: found.append(create(world, "attempt-1")))
    thread.start()
    time.sleep(0.3)
    error = refused(lambda: create(world, "attempt-1"), stripe.APIError)
    thread.join()
    assert (error.http_status, error.json_body["error"]["code"]) == (409, "idempotency_key_in_use")
    assert create(world, "attempt-1").id == found[0].id


def test_key_is_forgotten_after_a_day(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: keys can be removed when they are at least 24 hours old."""
    first = create(world, "attempt-1")
    world.control("clock", {"advance_s": 24 * 3600 + 60})
    assert create(world, "attempt-1").id != first.id


def test_key_longer_than_255_characters_is_refused(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: keys have up to 255 characters."""
    assert refused(lambda: create(world, "k" * 256)).http_status == 400
    assert create(world, "k" * 255).status == "open"


def test_switch_api_errors_answers_500_for_the_next_n_and_does_nothing(world: World) -> None:
    """docs.stripe.com/error-low-level#server-errors: a 500 can happen; nothing ran, so the key works later."""
    world.control("faults", {"api_errors": 2})
    for _ in range(2):
        assert refused(lambda: create(world, "attempt-1"), stripe.APIError).http_status == 500
    assert create(world, "attempt-1").status == "open"
    assert len(world.checkout.list().data) == 1


def test_switch_api_errors_kept_gives_the_500_again_for_the_same_key(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: retries with the same key return the kept answer, 500 too."""
    world.control("faults", {"api_errors": 1, "api_errors_kept": True})
    for _ in range(2):
        assert refused(lambda: create(world, "attempt-1"), stripe.APIError).http_status == 500
    assert create(world, "attempt-2").status == "open"


def test_switch_drop_does_the_work_and_closes_the_connection(world: World) -> None:
    """docs.stripe.com/error-low-level#network-errors: the client cannot know whether it was done; with the same key it
    can ask again and gets the answer."""
    world.control("faults", {"drop": 1})
    refused(lambda: create(world, "attempt-1"), stripe.APIConnectionError)
    made = world.checkout.list().data
    assert len(made) == 1
    assert create(world, "attempt-1").id == made[0].id


def test_sdk_retries_a_dropped_connection_by_itself_and_makes_one_session(world: World) -> None:
    """docs.stripe.com/api/idempotent_requests: the SDK adds keys and retries, safely."""
    client = stripe.StripeClient("sk_test_emulator", base_addresses={"api": world.url}, max_network_retries=2)
    world.control("faults", {"drop": 1})
    session = create(world, "attempt-1", client)
    assert [found.id for found in world.checkout.list().data] == [session.id]
    log = world.ask("log?method=POST&path=/v1/checkout/sessions")["requests"]
    assert [(entry["dropped"], entry["replayed"]) for entry in log] == [(True, False), (False, True)]


def test_switch_rate_limits_answers_429(world: World) -> None:
    """docs.stripe.com/rate-limits: 429 when too many requests come; nothing was done."""
    world.control("faults", {"rate_limits": 1})
    assert refused(lambda: create(world, "attempt-1"), stripe.RateLimitError).http_status == 429
    assert create(world, "attempt-1").status == "open"


def test_switch_delay_makes_the_api_slow_and_the_log_shows_it_R4(world: World) -> None:
    """docs.stripe.com/error-low-level: answers can take their time; the log tells how long each took and when."""
    world.control("faults", {"api_delay_s": 0.5, "only": "/v1/refunds"})
    started = time.monotonic()
    world.session()
    assert time.monotonic() - started < 0.4
    refused(lambda: world.client.v1.refunds.retrieve("re_none"))
    entry = world.ask("log?path=/v1/refunds")["requests"][0]
    assert (entry["method"], entry["path"], entry["status"]) == ("GET", "/v1/refunds/re_none", 404)
    assert entry["duration_s"] >= 0.5


def test_switches_refuse_what_they_do_not_know(world: World) -> None:
    """The control endpoint is ours; a typing error in a test must not pass in silence."""
    for body in ({"webhook": "twice"}, {"webhooks": "sometimes"}, {"api_errors": -1}, {"refund_status": "maybe"}):
        assert "error" in world.control("faults", body)
    assert world.ask("faults")["webhooks"] == "normal"
