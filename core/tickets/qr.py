"""The text in a ticket's QR code: signed, without personal data. docs/ticket-qr.md is its description.

text    = "FOYER1:" + base32(payload + signature), capitals, no padding
payload = version (1 byte) + key id (2) + fields, each tag (1) + length (2) + value
numbers = big-endian; field values without leading zero bytes
"""

import base64
import binascii
import datetime as dt
import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.kernel.errors import Refusal

PREFIX = "FOYER1:"
VERSION = 1
HEAD_BYTES = 3
SIGNATURE_BYTES = 64
LONGEST_FIELD = 0xFFFF


class Tag(enum.IntEnum):
    """The fields of version 1. A reader passes over tags that it does not know."""

    TICKET = 1
    SHOWTIME = 2
    GENERATION = 3
    ISSUED_AT = 4


@dataclass(frozen=True, slots=True)
class QrTicket:
    """What a verified code says. Whether the ticket is still good, the database says."""

    key_id: int
    ticket_id: int
    showtime_id: int
    generation: int
    issued_at: dt.datetime
    extra: Mapping[int, bytes] = field(default_factory=dict)


class Reason(enum.Enum):
    """Why a code is refused, before anybody looks for its ticket."""

    UNSIGNED = "unsigned"
    OTHER_KEY = "other_key"
    MALFORMED = "malformed"
    UNKNOWN_VERSION = "unknown_version"


MESSAGES: dict[Reason, Promise] = {
    Reason.UNSIGNED: _("This code was not signed by this box office. Ask for the ticket that was mailed."),
    Reason.OTHER_KEY: _("This code was signed with a key that is not known here. Open the ticket again and show it."),
    Reason.MALFORMED: _("This code cannot be read in full. Hold the ticket flat and scan it again."),
    Reason.UNKNOWN_VERSION: _("This code is of a newer kind than this scanner knows. Reload the scanner."),
}


class QrRefused(Refusal):
    """The scanned text is not a ticket of ours. `reason` says why."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(MESSAGES[reason])
        self.reason = reason


def sign(
    *,
    private_key: bytes,
    key_id: int,
    ticket_id: int,
    showtime_id: int,
    generation: int,
    issued_at: dt.datetime,
    extra: Mapping[int, bytes] | None = None,
) -> str:
    """The text of a QR code. The same arguments always give the same text.

    `extra` adds fields by tag, for what a later version wants to say; each at most 65,535 bytes.
    """
    fields = {
        int(Tag.TICKET): _number(ticket_id),
        int(Tag.SHOWTIME): _number(showtime_id),
        int(Tag.GENERATION): _number(generation),
        int(Tag.ISSUED_AT): _number(int(issued_at.replace(microsecond=0).timestamp())),
    }
    if extra and (set(extra) & set(fields) or not all(0 < tag < 256 for tag in extra)):
        raise ValueError("extra fields need tags of their own, 5 to 255")
    payload = bytes([VERSION]) + key_id.to_bytes(2, "big") + _pack(fields | dict(extra or {}))
    signature = Ed25519PrivateKey.from_private_bytes(private_key).sign(_signed(payload))
    return PREFIX + _encode(payload + signature)


def verify(text: str, public_keys: Mapping[int, bytes]) -> QrTicket:
    """What the code says, if one of `public_keys` (raw 32 bytes, by key id) signed it. Raises QrRefused.

    Nothing of the payload is believed before the signature holds, but for the number of the key.
    """
    raw = _decode(_body(text.strip()))
    payload, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
    if raw[0] != VERSION:
        raise QrRefused(Reason.UNKNOWN_VERSION)
    if len(payload) < HEAD_BYTES:
        raise QrRefused(Reason.MALFORMED)
    key_id = int.from_bytes(payload[1:HEAD_BYTES], "big")
    if key_id not in public_keys:
        raise QrRefused(Reason.OTHER_KEY)
    try:
        Ed25519PublicKey.from_public_bytes(public_keys[key_id]).verify(signature, _signed(payload))
    except InvalidSignature as error:
        raise QrRefused(Reason.UNSIGNED) from error
    return _ticket(key_id, _unpack(payload[HEAD_BYTES:]))


def _ticket(key_id: int, fields: dict[int, bytes]) -> QrTicket:
    try:
        ticket, showtime, generation, issued_at = (int.from_bytes(fields.pop(tag), "big") for tag in Tag)
        return QrTicket(
            key_id=key_id,
            ticket_id=ticket,
            showtime_id=showtime,
            generation=generation,
            issued_at=dt.datetime.fromtimestamp(issued_at, dt.UTC),
            extra=fields,
        )
    except (KeyError, ValueError, OverflowError) as error:
        raise QrRefused(Reason.MALFORMED) from error


def _signed(payload: bytes) -> bytes:
    """The bytes under the signature: the prefix is among them, so a signature counts for tickets only."""
    return PREFIX.encode() + payload


def _number(value: int) -> bytes:
    if value < 0:
        raise ValueError("numbers in a ticket's code are not negative")
    return value.to_bytes((value.bit_length() + 7) // 8 or 1, "big")


def _pack(fields: Mapping[int, bytes]) -> bytes:
    if any(len(value) > LONGEST_FIELD for value in fields.values()):
        raise ValueError(f"a field holds at most {LONGEST_FIELD} bytes")
    return b"".join(bytes([tag]) + len(value).to_bytes(2, "big") + value for tag, value in sorted(fields.items()))


def _unpack(packed: bytes) -> dict[int, bytes]:
    fields: dict[int, bytes] = {}
    at, last = 0, 0
    while at < len(packed):
        tag, length = packed[at], int.from_bytes(packed[at + 1 : at + 3], "big")
        value = packed[at + 3 : at + 3 + length]
        if tag <= last or len(packed) < at + 3 or len(value) != length:
            raise QrRefused(Reason.MALFORMED)
        fields[tag] = value
        at, last = at + 3 + length, tag
    return fields


def _body(text: str) -> str:
    if text.startswith(PREFIX):
        return text.removeprefix(PREFIX)
    raise QrRefused(Reason.UNKNOWN_VERSION if re.match(r"FOYER\d+:", text) else Reason.UNSIGNED)


def _encode(raw: bytes) -> str:
    return base64.b32encode(raw).decode().rstrip("=")


def _decode(body: str) -> bytes:
    try:
        raw = base64.b32decode(body + "=" * (-len(body) % 8))
    except (binascii.Error, ValueError) as error:
        raise QrRefused(Reason.MALFORMED) from error
    if len(raw) <= SIGNATURE_BYTES or _encode(raw) != body:
        raise QrRefused(Reason.MALFORMED)
    return raw
