"""Which trailers can be shown inside our own page."""

import re

_YOUTUBE = re.compile(
    r"https?://(?:www\.|m\.)?(?:youtube(?:-nocookie)?\.com/(?:watch\?(?:\S*&)?v=|embed/|shorts/)|youtu\.be/)"
    r"(?P<id>[\w-]{11})(?![\w-])"
)


def embedded(url: str) -> str:
    """The player to load once the person agrees, which sets no cookie; "" where there is only the link."""
    found = _YOUTUBE.match(url)
    return f"https://www.youtube-nocookie.com/embed/{found['id']}?autoplay=1&rel=0" if found else ""
