"""Where pictures of the catalogue lie, and what a page is called from outside."""

from django import template
from django.conf import settings
from django.templatetags.static import static

register = template.Library()


@register.filter
def picture(path: str) -> str:
    """The address of a picture that is stored as a path below static/ or media/; "" if there is none."""
    if not path:
        return ""
    if path.startswith("media/"):
        return f"{settings.MEDIA_URL}{path.removeprefix('media/')}"
    try:
        return static(path)
    except ValueError:  # not in the manifest: a missing picture must not take the page with it
        return ""


@register.filter
def absolute(path: str) -> str:
    """A path with the site's own origin, for links that are read elsewhere."""
    return path if path.startswith(("https://", "http://")) else f"{settings.SITE_URL}{path}"
