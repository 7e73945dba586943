"""Secrets that have to lie in the database, encrypted under the SECRET_KEY that does not."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings


class SealBroken(Exception):
    """A sealed secret that no SECRET_KEY of ours opens: the key was changed without keeping the old one."""


def encrypt(secret: bytes, *, purpose: str) -> str:
    """Seal `secret` so that only this installation can read it, and only for `purpose`."""
    return _box(purpose).encrypt(secret).decode()


def decrypt(sealed: str, *, purpose: str) -> bytes:
    """The secret that `encrypt` sealed for `purpose`; keys in SECRET_KEY_FALLBACKS open it as well.

    Raises SealBroken if none fits.
    """
    try:
        return _box(purpose).decrypt(sealed.encode())
    except InvalidToken as error:
        raise SealBroken(
            f"What was sealed for {purpose} does not open under SECRET_KEY nor any of SECRET_KEY_FALLBACKS."
        ) from error


def _box(purpose: str) -> MultiFernet:
    return MultiFernet([_fernet(key, purpose) for key in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]])


def _fernet(secret_key: str, purpose: str) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"foyer.{purpose}".encode())
    return Fernet(base64.urlsafe_b64encode(derived.derive(secret_key.encode())))
