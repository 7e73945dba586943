"""What makes a picture of a person: any photograph in, one small square of a known form out.

Nothing of what was sent is kept: no metadata, no place where it was taken, no bytes that hide behind the picture. How
large a picture is stands in its first bytes and is read before anything is decoded, since a file of a megabyte can
unfold to gigabytes.
"""

import io
import struct
import zlib

from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from core.kernel.errors import Refusal

MOST_BYTES = 5_000_000
MOST_PIXELS = 25_000_000
LEAST_SIDE = 64
SIDE = 512
FORMATS = ("JPEG", "PNG", "WEBP")
# An ordinary progressive JPEG is told in ten passes or so; thousands of empty ones would only cost time.
MOST_PASSES = 100
_NEXT_PASS = b"\xff\xda"
_DAMAGED = (OSError, SyntaxError, ValueError, IndexError, KeyError, TypeError, EOFError, struct.error, zlib.error)
_SIXTEEN_BITS = {"I", "I;16", "I;16B", "I;16L", "I;16N"}


class PictureRefused(Refusal):
    """It cannot be a person's picture; the words say why."""

    @classmethod
    def too_heavy(cls) -> "PictureRefused":
        """More bytes than are taken."""
        return cls(_("This file is larger than 5 MB. Choose a smaller one."))

    @classmethod
    def unknown(cls) -> "PictureRefused":
        """Whatever it is called, it is something else."""
        return cls(_("This is not a JPEG, PNG or WebP picture. Choose one of these."))

    @classmethod
    def too_large(cls) -> "PictureRefused":
        """It would unfold to more than fits."""
        return cls(_("This picture has more than 25 megapixels. Make it smaller and send it again."))

    @classmethod
    def too_small(cls) -> "PictureRefused":
        """Nobody could be known by it."""
        return cls(_("This picture is too small. It needs at least 64 pixels each way."))

    @classmethod
    def damaged(cls) -> "PictureRefused":
        """It ends too early or contradicts itself."""
        return cls(_("This picture is damaged or incomplete. Choose another one."))

    @classmethod
    def moving(cls) -> "PictureRefused":
        """Several pictures one after the other."""
        return cls(_("This picture moves. Choose one that stands still."))


def portrait(data: bytes) -> bytes:
    """The picture as it is kept: a square of at most 512 pixels, WebP, upright. Raises PictureRefused."""
    if len(data) > MOST_BYTES:
        raise PictureRefused.too_heavy()
    _check_before_opening(data)
    try:
        with Image.open(io.BytesIO(data), formats=FORMATS) as image:
            return _redrawn(image)
    except UnidentifiedImageError as error:
        raise PictureRefused.unknown() from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise PictureRefused.too_large() from error
    except _DAMAGED as error:
        raise PictureRefused.damaged() from error


def _check_before_opening(data: bytes) -> None:
    # Pillow makes room for the whole canvas of a WebP as it opens it, and goes through every pass of a JPEG.
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP" and len(data) >= 30:
        _check_size(*_canvas(data))
    if data[:2] == b"\xff\xd8" and data.count(_NEXT_PASS) > MOST_PASSES:
        raise PictureRefused.damaged()


def _canvas(data: bytes) -> tuple[int, int]:
    """Width and height of a WebP by its header: extended, lossless or plain."""
    if data[12:16] == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if data[12:16] == b"VP8L":
        bits = int.from_bytes(data[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    return int.from_bytes(data[26:28], "little") & 0x3FFF, int.from_bytes(data[28:30], "little") & 0x3FFF


def _check_size(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise PictureRefused.too_large()
    if min(width, height) < LEAST_SIDE:
        raise PictureRefused.too_small()


def _redrawn(image: Image.Image) -> bytes:
    _check_size(*image.size)
    # A telephone's JPEG may carry more pictures behind the first (MPO); that is no film.
    if image.format in {"PNG", "WEBP"} and getattr(image, "is_animated", False):
        raise PictureRefused.moving()
    image.draft("RGB", (2 * SIDE, 2 * SIDE))
    upright = ImageOps.exif_transpose(image)
    side = min(SIDE, *upright.size)
    square = ImageOps.fit(_plain(upright), (side, side), Image.Resampling.LANCZOS)
    drawn = io.BytesIO()
    # As a fresh image: what Pillow has read beside the pixels is not written again.
    Image.frombytes("RGB", square.size, square.tobytes()).save(drawn, "WEBP", quality=85, method=4)
    return drawn.getvalue()


def _plain(image: Image.Image) -> Image.Image:
    """In plain colours; what is transparent stands on white."""
    if image.mode in _SIXTEEN_BITS:
        return image.convert("I").point(lambda value: value * (1 / 256)).convert("L").convert("RGB")
    if "A" in image.mode or "transparency" in image.info:
        clear = image.convert("RGBA")
        paper = Image.new("RGBA", clear.size, "white")
        return Image.alpha_composite(paper, clear).convert("RGB")
    return image.convert("RGB")
