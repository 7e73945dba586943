"""Devices that are told things though no page is open, and the key by which their push services know us."""

import datetime as dt

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from py_vapid import Vapid02
from py_vapid.utils import b64urlencode

from core.accounts.models import User
from core.audit import actions as audit
from core.kernel import sealing
from core.kernel.actor import Actor
from core.kernel.errors import Refusal
from core.kernel.locks import lock_name
from core.kernel.public_addresses import refuse_private
from core.notifications.models import PushDevice, VapidKey
from core.notifications.push_gateway import are_keys, is_at_usual_port

KEY_PURPOSE = "notifications.vapid-key"
MOST_DEVICES = 10
LONGEST_ENDPOINT = 1_000


class NotADevice(Refusal):
    """What was sent describes no device that can be told anything."""

    def __init__(self) -> None:
        super().__init__(_("This browser did not say how it can be reached. Try again, or use another one."))


def register_device(
    *, user: User, endpoint: str, p256dh: str, auth: str, user_agent: str, actor: Actor, now: dt.datetime
) -> PushDevice:
    """Tell this person things on this device from now on; whoever used it before is not told there any more.

    Raises NotADevice, or NotPublic if its push service is not at a public address. Of more than ten devices the one
    that was used longest ago goes.
    """
    if not are_keys(p256dh, auth) or len(endpoint) > LONGEST_ENDPOINT or not is_at_usual_port(endpoint):
        raise NotADevice
    refuse_private(endpoint)  # asks a name server, so the database waits for nothing meanwhile
    keys = {"p256dh": p256dh, "auth": auth, "user_agent": user_agent[:300]}
    return _keep(user, endpoint, keys, actor=actor, now=now)


@transaction.atomic
def _keep(user: User, endpoint: str, keys: dict[str, str], *, actor: Actor, now: dt.datetime) -> PushDevice:
    lock_name(f"push:{user.pk}")
    device, fresh = PushDevice.objects.update_or_create(
        endpoint=endpoint,
        defaults={"user": user, **keys},
        create_defaults={"user": user, **keys, "created_at": now},
    )
    others = PushDevice.objects.filter(user=user).exclude(pk=device.pk)
    for old in sorted(others, key=lambda one: one.last_used_at or one.created_at, reverse=True)[MOST_DEVICES - 1 :]:
        old.delete()
    if fresh:
        audit.record("account.device_added", user, actor=actor, now=now, device=keys["user_agent"][:80])
    return device


@transaction.atomic
def remove_device(device: PushDevice, *, actor: Actor, now: dt.datetime) -> None:
    """Tell nothing on this device any more."""
    audit.record("account.device_removed", device.user, actor=actor, now=now, device=device.user_agent[:80])
    device.delete()


def vapid_key(now: dt.datetime) -> Vapid02:
    """The key that signs what goes to push services: the environment's, or one made once and kept sealed."""
    if settings.VAPID_PRIVATE_KEY:
        return Vapid02.from_raw(settings.VAPID_PRIVATE_KEY.encode())
    row = VapidKey.objects.order_by("id").first() or _first_key(now)
    return Vapid02.from_raw(sealing.decrypt(row.sealed_private_key, purpose=KEY_PURPOSE))


def vapid_public_key(now: dt.datetime) -> str:
    """What a browser must be given to register with its push service."""
    return _packed(vapid_key(now))


@transaction.atomic
def _first_key(now: dt.datetime) -> VapidKey:
    lock_name("notifications.vapid-key")
    found = VapidKey.objects.order_by("id").first()
    if found:
        return found
    private = ec.generate_private_key(ec.SECP256R1())
    raw = b64urlencode(private.private_numbers().private_value.to_bytes(32, "big"))
    return VapidKey.objects.create(
        public_key=_packed(Vapid02(private)),
        sealed_private_key=sealing.encrypt(raw.encode(), purpose=KEY_PURPOSE),
        created_at=now,
    )


def _packed(key: Vapid02) -> str:
    packed: str = b64urlencode(key.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
    return packed
