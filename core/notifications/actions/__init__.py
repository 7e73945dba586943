from core.notifications.actions.choosing import choose, stop_mails
from core.notifications.actions.delivering import MOST_ATTEMPTS, deliver, try_again
from core.notifications.actions.devices import NotADevice, register_device, remove_device, vapid_public_key
from core.notifications.actions.forgetting import forget_old, forget_person, forget_told, forget_wishes
from core.notifications.actions.reading import mark_read
from core.notifications.actions.resending import NothingToMail, resend
from core.notifications.actions.telling import notify

__all__ = [
    "MOST_ATTEMPTS",
    "NotADevice",
    "NothingToMail",
    "choose",
    "deliver",
    "forget_old",
    "forget_person",
    "forget_told",
    "forget_wishes",
    "mark_read",
    "notify",
    "register_device",
    "remove_device",
    "resend",
    "stop_mails",
    "try_again",
    "vapid_public_key",
]
