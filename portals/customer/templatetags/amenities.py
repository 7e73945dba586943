"""What a venue offers, in the reader's language."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

# Words that organizers use often; any other word is shown as it was written.
KNOWN = {
    "air": _("Air conditioning"),
    "air conditioning": _("Air conditioning"),
    "bar": _("Bar"),
    "bicycle racks": _("Bicycle racks"),
    "cloakroom": _("Cloakroom"),
    "earplugs": _("Earplugs"),
    "free water": _("Free water"),
    "hearing loop": _("Hearing loop"),
    "night bus": _("Night bus"),
    "parking": _("Parking"),
    "restaurant": _("Restaurant"),
    "step-free": _("Step-free entrance"),
    "step-free entrance": _("Step-free entrance"),
    "wifi": _("Wi-Fi"),
}


@register.filter
def amenity(word: str) -> str:
    """One amenity."""
    known = KNOWN.get(word.casefold())
    return str(known) if known else word[:1].upper() + word[1:]
