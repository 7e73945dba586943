"""Secrets at rest."""

import pytest

from core.kernel import sealing


def test_decrypt_opens_what_was_sealed_for_the_same_purpose_only() -> None:
    sealed = sealing.encrypt(b"123456", purpose="code")
    assert "123456" not in sealed
    assert sealing.decrypt(sealed, purpose="code") == b"123456"
    for wrong, purpose in ((sealed, "key"), (sealed[:-4] + "AAAA", "code"), ("", "code")):
        with pytest.raises(sealing.SealBroken):
            sealing.decrypt(wrong, purpose=purpose)


def test_decrypt_opens_with_a_fallback_key(settings) -> None:
    sealed = sealing.encrypt(b"x", purpose="code")
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a-new-secret-key-a-new-secret-key-a-new-one"
    assert sealing.decrypt(sealed, purpose="code") == b"x"
