"""Every pair of colours that the style sheets put together can be read, in both schemes and at all doors."""

import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).parent.parent / "static_src" / "src" / "tokens.css"
PORTALS = ("customer", "organizer", "merchant", "checkin", "desk")
SCHEMES = ("light", "dark")

TEXT = 4.5
SHAPE = 3.0
SURFACES = ("paper", "card", "sunk")

PAIRS = [
    *[(ink, surface, TEXT) for ink in ("ink", "ink-2", "brass", "good", "warn", "bad") for surface in SURFACES],
    *[("accent-ink", surface, TEXT) for surface in (*SURFACES, "accent-soft")],
    *[(tone, f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad", "brass")],
    *[("ink", f"{tone}-soft", TEXT) for tone in ("good", "warn", "bad", "accent")],
    *[("ink-2", "accent-soft", TEXT)],
    ("paper", "ink", TEXT),
    ("on-accent", "accent", TEXT),
    ("on-accent", "accent-hover", TEXT),
    ("on-fill", "good-fill", TEXT),
    ("on-fill", "bad-fill", TEXT),
    ("on-warn", "warn-fill", TEXT),
    ("on-head", "head", TEXT),
    ("on-head-2", "head", TEXT),
    ("head-mark", "head", SHAPE),
    *[("edge", surface, SHAPE) for surface in SURFACES],
    *[("seat", surface, SHAPE) for surface in ("card", "sunk")],
    *[("accent", surface, SHAPE) for surface in SURFACES],
]


def read_tokens() -> dict[str, dict[str, tuple[str, str]]]:
    """The colours by portal: name -> (light, dark)."""
    css = re.sub(r"/\*.*?\*/", "", TOKENS.read_text(), flags=re.S)
    found: dict[str, dict[str, tuple[str, str]]] = {portal: {} for portal in PORTALS}
    for selector, body in re.findall(r"([^{}]+)\{([^{}]*)\}", css):
        named = re.findall(r'data-portal="(\w+)"', selector)
        colours = re.findall(r"--([\w-]+):\s*light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\)", body)
        for portal in PORTALS:
            if portal in named or ":root" in selector:
                found[portal].update({name: (light, dark) for name, light, dark in colours})
    return found


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """The ratio between two colours, 1 to 21."""
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_contrast_is_21_for_black_on_white() -> None:
    """The measure itself is right at both ends."""
    assert (contrast("#000000", "#ffffff"), contrast("#777777", "#777777")) == (21, 1)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("portal", PORTALS)
def test_every_pair_can_be_read_at_every_door(portal: str, scheme: str) -> None:
    """Text at least 4.5:1, controls and large shapes at least 3:1."""
    tokens = {name: pair[SCHEMES.index(scheme)] for name, pair in read_tokens()[portal].items()}
    too_low = {
        f"{front} on {back}": round(contrast(tokens[front], tokens[back]), 2)
        for front, back, least in PAIRS
        if contrast(tokens[front], tokens[back]) < least
    }
    assert too_low == {}


def test_a_portal_changes_only_accent_and_header() -> None:
    """The same house with another door."""
    tokens = read_tokens()
    differing = {name for name in tokens["customer"] if len({tokens[portal][name] for portal in PORTALS}) > 1}
    assert differing == {
        "accent", "accent-hover", "accent-ink", "accent-soft", "on-accent", "head", "on-head-2",
    }  # fmt: skip


def test_danger_is_another_red_than_the_accent() -> None:
    """A refusal is not taken for a decoration."""
    tokens = read_tokens()["customer"]
    assert tokens["bad"] != tokens["accent-ink"] and tokens["bad-fill"] != tokens["accent"]
