from django.utils.translation import gettext as _

from core.accounts.models import User
from core.kernel.errors import Missing


class PersonGone(Missing):
    """The account was deleted, perhaps in another window, a moment ago."""


def lock_living(user: User) -> User:
    """The person's row, locked until the transaction ends. Raises PersonGone after an account was deleted."""
    locked = User.objects.select_for_update().filter(pk=user.pk, erased_at=None).first()
    if locked is None:
        raise PersonGone(_("This account was deleted."))
    return locked
