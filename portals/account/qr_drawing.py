"""A QR code as a path, for an SVG that stands in the page itself."""

from dataclasses import dataclass

from qrcode import constants
from qrcode.main import QRCode


@dataclass(frozen=True, slots=True)
class Drawing:
    """How large it is, with its white border, and what is black in it."""

    size: int
    path: str


def draw_qr(text: str) -> Drawing:
    """The code that a phone reads as `text`."""
    code = QRCode(error_correction=constants.ERROR_CORRECT_M, border=4)
    code.add_data(text)
    code.make(fit=True)
    matrix = code.get_matrix()
    black = [f"M{x} {y}h1v1h-1z" for y, row in enumerate(matrix) for x, dark in enumerate(row) if dark]
    return Drawing(len(matrix), "".join(black))
