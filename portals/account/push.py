"""The service worker: the script that shows a notification though no page is open."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from portals.access import open_to_all

WORKER = settings.BASE_DIR / "static" / "js" / "worker.js"


@open_to_all
@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """It rules the paths below its own address, so it lies at the top; browsers ask for it afresh each time."""
    headers = {"Cache-Control": "no-cache", "Service-Worker-Allowed": "/"}
    return HttpResponse(WORKER.read_bytes(), content_type="text/javascript; charset=utf-8", headers=headers)
