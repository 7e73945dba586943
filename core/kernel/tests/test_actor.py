"""By what the caps per client address count."""

import pytest

from core.kernel.actor import Actor


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("192.0.2.10", "192.0.2.10"),
        ("2001:db8:1:2::7", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.10", "192.0.2.10"),
        ("", ""),
        ("a unix socket", ""),
    ],
)
def test_an_address_counts_as_itself_and_ipv6_as_its_network_r23(address, network):
    assert Actor(holder="anon:amina", address=address).network == network
