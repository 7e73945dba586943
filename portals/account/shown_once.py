"""Recovery codes just made: sealed in the session until the person says that they are kept, then nowhere."""

import json

from django.http import HttpRequest

from core.kernel import sealing

KEY = "recovery_codes"
SEALED_FOR = "account.recovery_codes"


def keep(request: HttpRequest, codes: list[str]) -> None:
    """Show these on the next page."""
    request.session[KEY] = sealed(request.user.pk, codes)


def sealed(user_id: int, codes: list[str]) -> str:
    """As they lie in the session."""
    return sealing.encrypt(json.dumps({"user": user_id, "codes": codes}).encode(), purpose=SEALED_FOR)


def kept(request: HttpRequest) -> list[str]:
    """Those to be shown; none if there are none for this person."""
    found = request.session.get(KEY, "")
    about = json.loads(sealing.decrypt(found, purpose=SEALED_FOR)) if found else {}
    codes: list[str] = about["codes"] if about.get("user") == request.user.pk else []
    return codes


def forget(request: HttpRequest) -> None:
    """They are never shown again."""
    request.session.pop(KEY, None)
