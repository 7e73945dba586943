"""Pages of allauth to which Foyer adds something."""

from allauth.account.models import EmailAddress
from allauth.account.views import email
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from core.accounts.models import User
from portals.access import open_to_all


@open_to_all
def addresses(request: HttpRequest) -> HttpResponse:
    """One's addresses; allauth sends those who are not logged in away. Another primary one has a proof of its own."""
    before = request.user.email if request.user.is_authenticated else ""
    response: HttpResponse = email(request)
    if request.user.is_authenticated:
        _note_proof(User.objects.get(pk=request.user.pk), before=before)
    return response


def _note_proof(user: User, *, before: str) -> None:
    if user.email != before:
        proved = EmailAddress.objects.filter(user=user, email=user.email, verified=True).exists()
        user.email_verified_at = timezone.now() if proved else None
        user.save(update_fields=["email_verified_at"])
