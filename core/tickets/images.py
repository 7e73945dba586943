"""QR codes as pictures: black on white, with a quiet zone, error correction M."""

import base64
import io
from html import escape
from typing import Literal

from qrcode import constants
from qrcode.main import QRCode
from qrcode.util import QRData

QUIET_ZONE = 4
ALPHANUMERIC: Literal[2] = 2


def qr_svg(text: str, *, title: str = "") -> str:
    """The code as an SVG element that fits whatever box it is put in. `title` is what a screen reader says."""
    modules = _matrix(text)
    size = len(modules)
    runs = "".join(_runs(y, row) for y, row in enumerate(modules))
    named = f'role="img" aria-label="{escape(title)}"' if title else 'aria-hidden="true"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" {named} shape-rendering="crispEdges">'
        f'<path fill="#fff" d="M0 0h{size}v{size}H0z"/><path fill="#000" d="{runs}"/></svg>'
    )


def qr_data_uri(text: str) -> str:
    """The SVG as an address, for the `src` of an image in a document."""
    return "data:image/svg+xml;base64," + base64.b64encode(qr_svg(text).encode()).decode()


def qr_png(text: str, *, pixels_per_module: int = 12) -> bytes:
    """The code as a PNG picture of two colours."""
    code = _code(text)
    code.box_size = pixels_per_module
    written = io.BytesIO()
    code.make_image().save(written, "PNG")
    return written.getvalue()


def _code(text: str) -> QRCode:  # type: ignore[type-arg]
    code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=QUIET_ZONE)
    code.add_data(QRData(text, mode=ALPHANUMERIC))
    code.make(fit=True)
    return code


def _matrix(text: str) -> list[list[bool]]:
    return [[bool(module) for module in row] for row in _code(text).get_matrix()]


def _runs(y: int, row: list[bool]) -> str:
    """One row's dark modules as rectangles, neighbours in one."""
    drawn, x = "", 0
    while x < len(row):
        start = x
        while x < len(row) and row[x]:
            x += 1
        if x > start:
            drawn += f"M{start} {y}h{x - start}v1H{start}z"
        x += 1
    return drawn
