"""The one place that speaks to push services: the message is encrypted for the device, and signed as ours (VAPID)."""

import base64
import datetime as dt
import json
import os
from email.utils import parseaddr
from urllib.parse import urlsplit

import http_ece
import requests
import urllib3
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from py_vapid import Vapid02

from core.kernel.public_addresses import NotPublic, outward_session
from core.notifications.models import PushDevice
from core.notifications.outcomes import Refused, Unreachable

TIMEOUT_SECONDS = 10
MOST_READ = 200
PORT = 443
KEPT_SECONDS = 24 * 60 * 60
SIGNATURE_LASTS = dt.timedelta(hours=12)
GONE = {404, 410}
# This one message will never be taken. A wrong signature is put right, too many at once pass.
NEVER = {400, 413}


class Gone(Exception):
    """The device does not want anything any more."""


def send(device: PushDevice, message: dict[str, str], *, key: Vapid02, now: dt.datetime) -> None:
    """Hand a message to the push service of a device. Raises Gone, Refused, or Unreachable for what passes."""
    until = int((now + SIGNATURE_LASTS).timestamp())
    headers = {
        **key.sign({"aud": _origin(device.endpoint), "sub": _contact(), "exp": until}),
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
        "TTL": str(KEPT_SECONDS),
        "Urgency": "normal",
    }
    if not is_at_usual_port(device.endpoint):
        raise Refused("the push service is at a port that none has")
    try:
        status, said = _post(device.endpoint, encrypt(device, message), headers)
    except NotPublic as error:
        raise Refused("the push service is not at a public address") from error
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError) as error:
        raise Unreachable(f"the push service cannot be reached: {type(error).__name__}") from error
    if status in GONE:
        raise Gone
    if status in NEVER:
        raise Refused(f"the push service answered {status}: {said}")
    if not 200 <= status < 300:
        raise Unreachable(f"the push service answered {status}: {said}")


def is_at_usual_port(endpoint: str) -> bool:
    """Whether an endpoint is at the port of https, as those of push services are."""
    try:
        return (urlsplit(endpoint).port or PORT) == PORT
    except ValueError:
        return False


def encrypt(device: PushDevice, message: dict[str, str]) -> bytes:
    """For the eyes of that device only (RFC 8291)."""
    sealed: bytes = http_ece.encrypt(
        json.dumps(message).encode(),
        salt=os.urandom(16),
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=unpacked(device.p256dh),
        auth_secret=unpacked(device.auth),
        version="aes128gcm",
    )
    return sealed


def unpacked(text: str) -> bytes:
    """Bytes out of base64url, padded or not. Raises ValueError."""
    return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)


def are_keys(p256dh: str, auth: str) -> bool:
    """Whether these are a device's public key (a point of P-256) and its secret of 16 bytes."""
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), unpacked(p256dh))
        return len(unpacked(auth)) == 16
    except ValueError:
        return False


def _post(endpoint: str, body: bytes, headers: dict[str, str]) -> tuple[int, str]:
    """The status, and the beginning of what was said. The address is a stranger's: it gets so long and no longer."""
    headers = headers | {"Accept-Encoding": "identity"}
    with (
        outward_session(seconds=TIMEOUT_SECONDS) as session,
        session.post(endpoint, body, headers=headers, timeout=TIMEOUT_SECONDS, stream=True) as answer,
    ):
        said = b"" if answer.ok else answer.raw.read(MOST_READ, decode_content=False)
        return answer.status_code, said.decode(errors="replace")


def _origin(endpoint: str) -> str:
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc}"


def _contact() -> str:
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return f"mailto:{address}"
