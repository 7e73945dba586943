"""Which numbers a code is sent to (AC8)."""

import pytest

from core.accounts.addresses import normalise_mobile


@pytest.mark.parametrize("typed", ["+43 660 1234567", "+436641234567", "0664 1234567", "+12125550123"])
def test_normalise_mobile_takes_what_can_be_a_mobile(typed):
    assert normalise_mobile(typed) != ""


@pytest.mark.parametrize(
    "typed", ["+43 900 123456", "+43 800 123456", "+43 720 123456", "+43 1 5144423", "+881 612345678", "+442079460018"]
)
def test_normalise_mobile_takes_no_premium_toll_free_satellite_or_landline_number(typed):
    assert normalise_mobile(typed) == ""
