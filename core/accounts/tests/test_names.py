"""What people may be called."""

import pytest
from django.core.exceptions import ValidationError

from core.accounts.names import check_name


@pytest.mark.parametrize("name", ["", "Amina Hassan", "Zoë", "محمد", "می\u200cخواهم", "李", "👩\u200d🚀", "O’Neill 3"])
def test_check_name_takes_a_name_in_any_script(name):
    assert check_name(name) is None


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Amina\r\nBcc: x", "unseen_signs"),
        ("A\tB", "unseen_signs"),
        ("A\x00", "unseen_signs"),
        ("\u202eanimA", "unseen_signs"),
        ("Amina\u2066", "unseen_signs"),
        ("\u200b", "unseen_signs"),
        ("\u00a0 \u2003", "nothing_seen"),
        ("\u200d", "nothing_seen"),
        ("\u3164", "nothing_seen"),
        ("\u0301", "nothing_seen"),
    ],
)
def test_check_name_refuses_what_cannot_be_seen(name, code):
    with pytest.raises(ValidationError) as refused:
        check_name(name)
    assert refused.value.code == code
