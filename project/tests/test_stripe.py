import json
import re
from pathlib import Path

import pytest
import stripe
from django.conf import settings
from django.test import Client

from core.flows.webhooks import HANDLERS
from core.outbox.models import Message
from core.payments.models import StripeEvent
from project.launch.parts import STRIPE_EVENTS


def _knock(kind: str) -> int:
    session = {"id": "cs_1", "object": "checkout.session"}
    event = {
        "id": f"evt_{kind}",
        "object": "event",
        "type": kind,
        "created": 1_700_000_000,
        "data": {"object": session},
    }
    body = json.dumps(event)
    proof = stripe.WebhookSignature.generate_signature_header(body, settings.STRIPE_WEBHOOK_SECRET)
    answer = Client().post(
        "/stripe/webhook/", body, content_type="application/json", headers={"Stripe-Signature": proof}
    )
    return answer.status_code


@pytest.mark.django_db
def test_webhook_keeps_what_is_handled_and_thanks_for_the_rest():
    assert [_knock(kind) for kind in ("checkout.session.expired", "payment_intent.created")] == [200, 200]
    assert list(StripeEvent.objects.values_list("type", flat=True)) == ["checkout.session.expired"]
    assert Message.objects.count() == 1


def test_endpoint_is_subscribed_to_exactly_what_is_handled():
    """The demo's emulator, the handlers, and what operations.md tells to choose in Stripe's dashboard."""
    told = re.search(r"for these events, and.*?```\n(.*?)```", Path("docs/operations.md").read_text(), re.DOTALL)
    assert told
    assert sorted(STRIPE_EVENTS) == sorted(HANDLERS) == sorted(told[1].split())
