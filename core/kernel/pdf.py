"""The one door to the PDF writer. What it draws on lies on this machine: it never asks the network."""

import atexit
import mimetypes
import os
import threading
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.contrib.staticfiles import finders
from django.core.exceptions import SuspiciousOperation
from django.utils._os import safe_join
from PIL import ImageFile

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher

BASE = "https://documents.invalid"  # joins relative addresses like a web page, and can be nobody's host
_drawing = threading.Lock()  # the fonts that are kept are not for two threads at once


class NotHere(Exception):
    """A document asked for something that is not a file of ours."""


def render_pdf(html: str, *, styles: str) -> bytes:
    """A tagged PDF (PDF/UA-1) of a whole HTML page, which names its language and its title.

    `styles` is the path of its style sheet below static/. Addresses begin with /static/ or /media/, or carry their
    data; anything else is left out of the picture.
    """
    from weasyprint import HTML

    # weasyprint lets pictures pass that end too early, for the whole process. What people upload is refused then.
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    page = HTML(string=html, base_url=BASE, url_fetcher=_fetcher())
    with _drawing:
        sheet, fonts = _styles(styles)
        written: bytes = page.write_pdf(pdf_variant="pdf/ua-1", stylesheets=[sheet], font_config=fonts)
    return written


def address_of_picture(path: str) -> str:
    """The address of a picture that lies below static/ or media/, to stand in a document; "" if it is not there."""
    for address in (f"/static/{path}", f"/media/{path}"):
        try:
            local_file(BASE + address)
        except NotHere:
            continue
        return address
    return ""


def local_file(url: str) -> str:
    """The path of the static or media file that `url` names. Raises NotHere."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    found: str | None = None
    try:
        if f"{parts.scheme}://{parts.netloc}" != BASE:
            raise NotHere(url)
        if path.startswith("/static/"):
            found = finders.find(path.removeprefix("/static/"))
        elif path.startswith("/media/"):
            found = safe_join(str(settings.MEDIA_ROOT), path.removeprefix("/media/"))
    except SuspiciousOperation as error:
        raise NotHere(url) from error
    if not found or not os.path.isfile(found):
        raise NotHere(url)
    return found


@cache
def _styles(path: str) -> tuple["CSS", "FontConfiguration"]:
    # Kept with its fonts: to unpack them takes as long as to draw a ticket.
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration

    atexit.register(_styles.cache_clear)  # at the very end its fonts could not be given back any more
    fonts = FontConfiguration()
    return CSS(url=f"{BASE}/static/{path}", url_fetcher=_fetcher(), font_config=fonts), fonts


@cache
def _fetcher() -> "URLFetcher":
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class LocalFetcher(URLFetcher):
        def fetch(self, url: str, headers: dict[str, str] | None = None) -> Any:
            if url.startswith("data:"):
                return super().fetch(url, headers)
            path = local_file(url)
            kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
            with open(path, "rb") as file:
                return URLFetcherResponse(url, file.read(), {"Content-Type": kind})

    return LocalFetcher(allowed_protocols=["data"])
