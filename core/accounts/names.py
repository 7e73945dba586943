"""What people are called: it stands on tickets, in mails and lists, beside other people's names."""

import unicodedata

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

# Joiners that some scripts cannot be written without.
JOINERS = "\u200c\u200d"
UNSEEN = ("Z", "C", "M")


def check_name(name: str) -> None:
    """Raises ValidationError for line breaks, control and direction signs, and for a name of which nothing is seen."""
    if any(unicodedata.category(sign) in {"Cc", "Cf"} and sign not in JOINERS for sign in name):
        raise ValidationError(_("Leave out line breaks and signs that cannot be seen."), code="unseen_signs")
    if name and not any(_is_seen(sign) for sign in name):
        raise ValidationError(_("Nothing of this can be seen. Type a name in letters."), code="nothing_seen")


def _is_seen(sign: str) -> bool:
    # Letters by their category that are drawn as nothing: the fillers of Hangul, and the empty pattern of Braille.
    return unicodedata.category(sign)[0] not in UNSEEN and sign not in "\u115f\u1160\u3164\uffa0\u2800"
