"""Where Stripe knocks."""

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from core.flows.webhooks import HANDLERS
from core.payments import actions as payments
from core.payments.gateway import ForgedEvent, read_event
from portals.access import open_to_all


@csrf_exempt
@open_to_all
@require_POST
def webhook(request: HttpRequest) -> HttpResponse:
    """Prove the signature over the raw body, put the event into the inbox, answer. No business here.

    An endpoint that is sent everything gets four events for a purchase, three of which say nothing that we ask for.
    """
    try:
        event = read_event(request.body, request.headers.get("Stripe-Signature", ""))
    except ForgedEvent:
        return HttpResponse("The signature does not fit.", status=400, content_type="text/plain")
    if event["type"] in HANDLERS:
        payments.receive(event, now=timezone.now())
    return HttpResponse(status=200)
