"""Seat numbers and row labels from the short forms in which people write them."""

from collections.abc import Sequence

_FALLING = ("descending", "odd-descending", "even-descending")


def seat_numbers(scheme: str, start: int, count: int) -> list[int]:
    """Number `count` seats from left to right.

    >>> seat_numbers("odd-descending", 1, 3)
    [5, 3, 1]
    >>> seat_numbers("centre-out", 1, 5)
    [5, 3, 1, 2, 4]
    """
    if scheme == "centre-out":
        left = count - count // 2
        return [2 * n - 1 for n in range(left, 0, -1)] + [2 * n for n in range(1, count // 2 + 1)]
    if scheme.startswith(("odd", "even")):
        first = start + (start % 2 != (1 if scheme.startswith("odd") else 0))
        numbers = [first + 2 * n for n in range(count)]
    else:
        numbers = [start + n for n in range(count)]
    return numbers[::-1] if scheme in _FALLING else numbers


def row_labels(written: str | Sequence[str]) -> list[str]:
    """Read "A-J", "J-A", "1-12" or a list of labels.

    >>> row_labels("A-C")
    ['A', 'B', 'C']
    >>> row_labels("12-10")
    ['12', '11', '10']
    """
    if not isinstance(written, str):
        return list(written)
    first, last = written.split("-")
    if first.isdigit():
        low, high = int(first), int(last)
        return [str(n) for n in _stairs(low, high)]
    return [chr(n) for n in _stairs(ord(first), ord(last))]


def ranges(written: str) -> list[range]:
    """Read "1-4,9" as the ranges of whole numbers that it names."""
    result = []
    for part in written.split(","):
        low, _, high = part.partition("-")
        result.append(range(int(low), int(high or low) + 1))
    return result


def _stairs(first: int, last: int) -> range:
    return range(first, last + 1) if first <= last else range(first, last - 1, -1)
