"""Recovery codes just made: sealed in the session until the person says that they are kept, then nowhere."""

import json

from django.http import HttpRequest

from core.kernel import sealing

KEY = "recovery_codes"
SEALED_FOR = "account.recovery_codes"


def keep(request: HttpRequest, codes: list[str]) -> None:
    """Show these on the next page."""
    about = {"user": request.user.pk, "codes": codes}
    request.session[KEY] = sealing.encrypt(json.dumps(about).encode(), purpose=SEALED_FOR)


def kept(request: HttpRequest) -> list[str]:
    """Those to be shown; none if there are none for this person."""
    sealed = request.session.get(KEY, "")
    about = json.loads(sealing.decrypt(sealed, purpose=SEALED_FOR)) if sealed else {}
    codes: list[str] = about["codes"] if about.get("user") == request.user.pk else []
    return codes


def forget(request: HttpRequest) -> None:
    """They are never shown again."""
    request.session.pop(KEY, None)
