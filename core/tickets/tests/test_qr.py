"""The signed text of a QR code, without a database."""

import base64
import datetime as dt
import json
import re
from pathlib import Path

import pytest
import qrcode
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from core.tickets import qr

KEY = bytes(range(32))
KEYS = {7: Ed25519PrivateKey.from_private_bytes(KEY).public_key().public_bytes_raw()}
ISSUED = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
DOCUMENT = Path(__file__).resolve().parents[3] / "docs" / "ticket-qr.md"


def signed(**fields: object) -> str:
    ordinary = {"key_id": 7, "ticket_id": 4711, "showtime_id": 42, "generation": 1, "issued_at": ISSUED}
    return qr.sign(private_key=KEY, **(ordinary | fields))


def refused(text: str, keys: dict[int, bytes] = KEYS) -> qr.Reason:
    with pytest.raises(qr.QrRefused) as refusal:
        qr.verify(text, keys)
    assert str(refusal.value) == str(qr.MESSAGES[refusal.value.reason])
    return refusal.value.reason


def tampered(text: str, at: int) -> str:
    raw = bytearray(qr._decode(text.removeprefix(qr.PREFIX)))
    raw[at] ^= 1
    return qr.PREFIX + qr._encode(bytes(raw))


def resigned(payload: bytes) -> str:
    signature = Ed25519PrivateKey.from_private_bytes(KEY).sign(qr.PREFIX.encode() + payload)
    return qr.PREFIX + qr._encode(payload + signature)


def test_verify_tells_the_ticket_when_our_key_signed_it() -> None:
    assert qr.verify(signed(), KEYS) == qr.QrTicket(
        key_id=7, ticket_id=4711, showtime_id=42, generation=1, issued_at=ISSUED
    )


def test_sign_stays_under_200_characters_when_every_number_is_as_large_as_it_gets() -> None:
    largest = 2**63 - 1
    assert len(signed()) == 147
    assert len(signed(key_id=32767, ticket_id=largest, showtime_id=largest, generation=32767)) == 169


def test_sign_uses_the_alphanumeric_mode_of_qr_codes() -> None:
    assert re.fullmatch(r"[0-9A-Z $%*+\-./:]+", signed())
    assert qrcode.util.optimal_mode(signed().encode()) == qrcode.util.MODE_ALPHA_NUM


@given(size=st.integers(0, 2_000), tag=st.integers(5, 255))
def test_verify_holds_when_the_payload_is_longer_than_255_bytes_r15(size: int, tag: int) -> None:
    extra = {tag: bytes(n % 251 for n in range(size))}
    assert qr.verify(signed(extra=extra), KEYS).extra == extra


def test_verify_holds_when_a_field_is_256_bytes_or_the_longest_r15() -> None:
    for size in (255, 256, 257, 511, 512, 65_535):
        assert qr.verify(signed(extra={9: b"x" * size}), KEYS).extra == {9: b"x" * size}
    with pytest.raises(ValueError, match="65535"):
        signed(extra={9: b"x" * 65_536})


def test_sign_refuses_extra_fields_when_their_tag_is_taken() -> None:
    for tag in (0, 1, 4, 256):
        with pytest.raises(ValueError, match="tags of their own"):
            signed(extra={tag: b"x"})


@given(
    st.fixed_dictionaries(
        {
            "ticket_id": st.integers(0, 2**63 - 1),
            "showtime_id": st.integers(0, 2**63 - 1),
            "generation": st.integers(0, 2**15),
            "issued_at": st.datetimes(timezones=st.just(dt.UTC)).filter(lambda at: at.year >= 1970),
        }
    )
)
def test_verify_returns_what_was_signed_whatever_the_numbers(fields: dict[str, object]) -> None:
    ticket = qr.verify(signed(**fields), KEYS)
    expected = fields | {"issued_at": fields["issued_at"].replace(microsecond=0)}
    assert {name: getattr(ticket, name) for name in fields} == expected


@given(st.integers(3, 86))
def test_verify_refuses_when_any_byte_was_changed_r11(at: int) -> None:
    assert refused(tampered(signed(), at)) == qr.Reason.UNSIGNED


def test_verify_refuses_when_the_text_is_not_from_foyer_r11() -> None:
    for text in ("", "X7K2M9PQRT", "https://example.org/t/1", "FOYER:ABC", signed().lower()):
        assert refused(text) == qr.Reason.UNSIGNED


def test_verify_refuses_when_another_key_signed_it_r11() -> None:
    assert refused(signed(key_id=8)) == qr.Reason.OTHER_KEY
    other = {7: Ed25519PrivateKey.from_private_bytes(bytes(32)).public_key().public_bytes_raw()}
    assert refused(signed(), other) == qr.Reason.UNSIGNED


def test_verify_refuses_when_the_code_is_cut_or_padded() -> None:
    text = signed()
    broken = (text[:60], text + "=", text[:-1] + "9", text[:-1] + "1", qr.PREFIX, text.replace(":", ":ö"))
    assert [refused(bad) for bad in broken] == [qr.Reason.MALFORMED] * len(broken)


def test_verify_refuses_when_the_version_is_unknown() -> None:
    assert refused(signed().replace("FOYER1:", "FOYER2:")) == qr.Reason.UNKNOWN_VERSION
    assert refused(tampered(signed(), 0)) == qr.Reason.UNKNOWN_VERSION


def test_verify_refuses_when_the_fields_do_not_add_up_although_signed() -> None:
    head = bytes([1, 0, 7])
    ticket, showtime, generation, issued = b"\x01\0\x01\x05", b"\x02\0\x01\x06", b"\x03\0\x01\x01", b"\x04\0\x01\x09"
    whole = head + ticket + showtime + generation + issued
    assert qr.verify(resigned(whole), KEYS).ticket_id == 5
    broken = (
        head,
        head + ticket,
        head + showtime + ticket + generation + issued,
        head + ticket + ticket + showtime + generation + issued,
        whole + b"\x05",
        whole + b"\x05\0",
        whole + b"\x05\0\x02x",
        head + ticket + showtime + generation + b"\x04\0\x09" + b"\xff" * 9,
    )
    assert [refused(resigned(payload)) for payload in broken] == [qr.Reason.MALFORMED] * len(broken)


def vectors() -> dict[str, object]:
    block = re.search(r"```json\n(.*?)```", DOCUMENT.read_text(), re.DOTALL)
    assert block
    return json.loads(block[1])


def test_the_documents_vectors_verify_and_are_signed_the_same_r15() -> None:
    told = vectors()
    key = base64.b16decode(told["private_key"], casefold=True)
    keys = {told["key_id"]: base64.b16decode(told["public_key"], casefold=True)}
    assert len(told["good"]) == 3
    for vector in told["good"]:
        extra = {int(tag): bytes.fromhex(value) for tag, value in vector["extra"].items()}
        said = {name: vector[name] for name in ("ticket_id", "showtime_id", "generation")}
        at = dt.datetime.fromisoformat(vector["issued_at"])
        assert qr.sign(private_key=key, key_id=told["key_id"], issued_at=at, extra=extra, **said) == vector["text"]
        ticket = qr.verify(vector["text"], keys)
        assert {name: getattr(ticket, name) for name in said} | {"at": ticket.issued_at} == said | {"at": at}
        assert ticket.extra == extra
    assert [refused(vector["text"], keys).value for vector in told["refused"]] == [
        vector["reason"] for vector in told["refused"]
    ]
    assert {vector["reason"] for vector in told["refused"]} == {reason.value for reason in qr.Reason}
