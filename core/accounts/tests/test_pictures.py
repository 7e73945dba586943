"""AC7: whatever is sent as a picture is a small plain square afterwards, or is refused with the reason."""

import io
import random
import struct
import time
import tracemalloc
import zlib

import pytest
from PIL import Image

from core.accounts.pictures import MOST_BYTES, PictureRefused, portrait
from core.kernel.pdf import render_pdf

RED, BLUE = (200, 30, 40), (30, 60, 200)


def encoded(image, kind="JPEG", **how):
    file = io.BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def photograph(width=900, height=600, mode="RGB"):
    """Red on the left, blue on the right."""
    image = Image.new("RGB", (width, height), RED)
    image.paste(BLUE, (width // 2, 0, width, height))
    return image.convert(mode)


def png_that_claims(width, height, *, data=b""):
    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(data)) + chunk(b"IEND", b"")


def opened(data):
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def is_like(pixel, colour):
    return all(abs(found - wanted) < 40 for found, wanted in zip(pixel, colour, strict=True))


def refusal(data):
    with pytest.raises(PictureRefused) as refused:
        portrait(data)
    return str(refused.value)


TOO_LARGE = str(PictureRefused.too_large())
UNKNOWN = str(PictureRefused.unknown())
DAMAGED = str(PictureRefused.damaged())
MOVING = str(PictureRefused.moving())


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_portrait_is_a_square_of_512_as_webp(kind):
    drawn = opened(portrait(encoded(photograph(), kind)))
    assert (drawn.format, drawn.size, drawn.mode) == ("WEBP", (512, 512), "RGB")
    assert is_like(drawn.getpixel((20, 256)), RED)
    assert is_like(drawn.getpixel((490, 256)), BLUE)


def test_portrait_is_not_blown_up_when_it_is_small():
    assert opened(portrait(encoded(photograph(200, 100)))).size == (100, 100)


def test_portrait_keeps_no_metadata():
    exif = Image.Exif()
    exif[0x010E] = "at home, Annenstrasse 1"
    exif[0x8825] = {1: "N", 2: (47.0, 4.0, 0.0)}
    sent = encoded(photograph(), exif=exif, icc_profile=b"a profile", comment=b"a word")
    drawn = opened(portrait(sent))
    assert (dict(drawn.getexif()), drawn.info.get("icc_profile"), drawn.info.get("xmp")) == ({}, None, None)
    assert b"Annenstrasse" not in portrait(sent)


def test_portrait_stands_upright_when_the_camera_says_how_it_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # held so that the left is on top
    drawn = opened(portrait(encoded(photograph(600, 600), exif=exif)))
    assert is_like(drawn.getpixel((256, 20)), RED)
    assert is_like(drawn.getpixel((256, 490)), BLUE)


@pytest.mark.parametrize(
    ("kind", "mode"), [("JPEG", "CMYK"), ("JPEG", "L"), ("PNG", "P"), ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16")]
)
def test_portrait_takes_every_kind_of_colours(kind, mode):
    image = Image.new("I;16", (300, 300), 40_000) if mode == "I;16" else photograph(300, 300, mode)
    assert opened(portrait(encoded(image, kind))).size == (300, 300)


def test_portrait_of_sixteen_bits_keeps_its_brightness():
    drawn = opened(portrait(encoded(Image.new("I;16", (300, 300), 32_768), "PNG")))
    assert is_like(drawn.getpixel((5, 5)), (128, 128, 128))


def test_portrait_stands_on_white_where_it_is_transparent():
    clear = Image.new("RGBA", (300, 300), (0, 0, 0, 0))
    assert is_like(opened(portrait(encoded(clear, "PNG"))).getpixel((5, 5)), (255, 255, 255))


def test_portrait_of_a_telephone_with_a_second_picture_behind_the_first_is_taken():
    sent = encoded(photograph(), "MPO", save_all=True, append_images=[photograph(300, 200)])
    assert opened(portrait(sent)).size == (512, 512)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "GIF"])
def test_portrait_is_refused_when_it_moves(kind):
    others = [Image.new("RGB", (300, 300), BLUE)]
    sent = encoded(Image.new("RGB", (300, 300), RED), kind, save_all=True, append_images=others, duration=100)
    assert refusal(sent) == (UNKNOWN if kind == "GIF" else MOVING)


@pytest.mark.parametrize(
    "sent",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"",
        b"hello",
        b"%PDF-1.7",
        b"RIFF\0\0\0\0WEBP",
        encoded(photograph(), "GIF"),
        encoded(photograph(), "BMP"),
        encoded(photograph(), "TIFF"),
        encoded(photograph(), "EPS"),
    ],
)
def test_portrait_is_refused_when_it_is_something_else(sent):
    assert refusal(sent) == UNKNOWN


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_portrait_is_refused_when_it_ends_too_early(kind):
    sent = encoded(photograph(), kind)
    assert refusal(sent[: len(sent) * 2 // 3]) == DAMAGED


def test_portrait_is_refused_when_it_weighs_too_much():
    assert refusal(bytes(MOST_BYTES + 1)) == str(PictureRefused.too_heavy())


def test_portrait_is_refused_when_nobody_could_be_known_by_it():
    assert refusal(encoded(photograph(2000, 40))) == str(PictureRefused.too_small())


def webp_that_claims(width, height, kind):
    if kind == b"VP8X":
        body = bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    elif kind == b"VP8L":
        body = b"\x2f" + ((width - 1) | (height - 1) << 14).to_bytes(4, "little") + bytes(8)
    else:
        body = b"\x10\x02\x00\x9d\x01\x2a" + struct.pack("<HH", width, height) + bytes(8)
    chunk = kind + struct.pack("<I", len(body)) + body
    return b"RIFF" + struct.pack("<I", 4 + len(chunk)) + b"WEBP" + chunk


@pytest.mark.parametrize(
    "sent",
    [
        png_that_claims(30_000, 30_000, data=bytes(3 * 30_000 * 10_000)),
        png_that_claims(30_000, 30_000),
        png_that_claims(5_001, 5_000),
        png_that_claims(2**31 - 1, 2**31 - 1),
        webp_that_claims(16_000, 16_000, b"VP8X"),
        webp_that_claims(16_000, 16_000, b"VP8L"),
        webp_that_claims(16_000, 16_000, b"VP8 "),
        encoded(photograph(64, 64)).replace(struct.pack(">HH", 64, 64), struct.pack(">HH", 65_000, 65_000)),
    ],
    ids=["bomb", "claimed", "just above", "absurd", "extended webp", "lossless webp", "plain webp", "jpeg"],
)
def test_portrait_is_refused_fast_and_without_memory_when_it_would_unfold(sent):
    """A file of a megabyte that decodes to 30,000 x 30,000 pixels."""
    assert len(sent) < 1_000_000
    tracemalloc.start()
    begun = time.monotonic()
    said = refusal(sent)
    took, (_now, most) = time.monotonic() - begun, tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert said == TOO_LARGE
    assert took < 1
    assert most < 5_000_000


def test_portrait_is_refused_when_its_metadata_would_unfold():
    """A PNG whose text is 60 MB of the same letter."""
    text = b"Comment\0\0" + zlib.compress(bytes(60_000_000))
    sent = png_that_claims(300, 300)
    chunk = struct.pack(">I", len(text)) + b"zTXt" + text + struct.pack(">I", zlib.crc32(b"zTXt" + text))
    assert refusal(sent[:33] + chunk + sent[33:]) == DAMAGED


def test_portrait_is_refused_when_it_is_told_in_thousands_of_passes():
    sent = encoded(photograph(), progressive=True)
    at = sent.rindex(b"\xff\xda")
    last = sent[at:-2]
    assert refusal(sent[:at] + last * 200 + sent[-2:]) == DAMAGED


def test_portrait_of_anything_is_taken_or_refused_but_never_breaks():
    dice = random.Random(7)
    originals = [encoded(photograph(120, 90), kind) for kind in ("JPEG", "PNG", "WEBP")]
    originals.append(encoded(photograph(120, 90), "WEBP", lossless=True))
    originals.append(encoded(photograph(120, 90, "P"), "PNG"))
    taken = 0
    for _turn in range(300):
        sent = bytearray(dice.choice(originals))
        for _fault in range(dice.randint(1, 6)):
            sent[dice.randrange(len(sent))] = dice.randrange(256)
        try:
            taken += opened(portrait(bytes(sent))).format == "WEBP"
        except PictureRefused:
            continue
    assert taken > 10


def test_half_a_picture_is_refused_also_after_a_pdf_was_written():
    """The PDF writer switches Pillow to taking half pictures, for the whole process."""
    render_pdf("<html lang=en><title>A</title><p>A</p>", styles="css/documents/tickets.css")
    whole = encoded(photograph())
    with pytest.raises(PictureRefused):
        portrait(whole[: len(whole) // 2])
