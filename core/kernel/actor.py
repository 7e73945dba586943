"""Who acts: passed to every action, never looked up from the surroundings."""

import ipaddress
from dataclasses import dataclass

SYSTEM_HOLDER = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """A person at a screen, or a part of Foyer that starts by itself.

    `holder` names whom held seats belong to: "user:<id>" when logged in, "mail:<digest>" for somebody who proved
    an address by code, "anon:<random>" for a browser session. `address` is the client's IP address.
    """

    holder: str
    user_id: int | None = None
    label: str = ""
    address: str = ""
    request_id: str = ""
    is_staff: bool = False

    @property
    def is_anonymous(self) -> bool:
        """True for a bare browser session: nothing says that it is not a script with fresh cookies."""
        return self.holder.startswith("anon:")

    @property
    def network(self) -> str:
        """What a cap per client address counts by: the address, or for IPv6 its /64, which one line owns whole.

        A socket that takes both kinds names IPv4 clients ::ffff:192.0.2.1; their /64 would be the whole world.
        """
        try:
            address = ipaddress.ip_address(self.address)
        except ValueError:
            return ""
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped:
                return str(address.ipv4_mapped)
            return str(ipaddress.ip_network((address, 64), strict=False))
        return str(address)

    @classmethod
    def system(cls, label: str) -> "Actor":
        """The actor of a task or command; `label` says which."""
        return cls(holder=SYSTEM_HOLDER, label=label)
