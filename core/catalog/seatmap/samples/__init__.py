"""Rooms to try things in, written in the short form of the format."""

from pathlib import Path

SAMPLES = ("studio_80", "saal_300", "premium_180", "concert_hall", "club")


def sample(name: str) -> bytes:
    """The document of one of SAMPLES."""
    if name not in SAMPLES:
        raise KeyError(name)
    return Path(__file__).with_name(f"{name}.json").read_bytes()
