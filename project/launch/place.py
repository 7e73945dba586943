"""Where Foyer is to be reached: host, port, scheme, and what this machine is called."""

import contextlib
import ipaddress
import socket
from dataclasses import dataclass
from pathlib import Path

import trustme

EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104


class Refused(Exception):
    """Foyer does not start; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """The address that pages are served at."""

    host: str
    port: int
    https: bool

    @property
    def scheme(self) -> str:
        """http or https."""
        return "https" if self.https else "http"

    @property
    def is_local(self) -> bool:
        """True when only this machine can reach it."""
        return self.host == "localhost" or (_is_ip(self.host) and ipaddress.ip_address(self.host).is_loopback)

    @property
    def site_url(self) -> str:
        """The address that links carry: one that a phone on the network can open too, if pages are served to it."""
        names = names_of_this_machine()
        if self.host in EVERYWHERE:
            host = next((name for name in names if _is_lan(name)), "localhost")
        else:
            host = "localhost" if self.is_local else self.host
        return f"{self.scheme}://{_bracketed(host)}:{self.port}"

    @property
    def local_url(self) -> str:
        """The address for programs on this machine."""
        host = "localhost" if self.is_local or self.host in EVERYWHERE else self.host
        return f"{self.scheme}://{_bracketed(host)}:{self.port}"

    @property
    def urls(self) -> list[str]:
        """Every address that people on this machine and network may type."""
        urls = [self.local_url]
        if self.host in EVERYWHERE:
            urls += [
                f"{self.scheme}://{_bracketed(name)}:{self.port}" for name in names_of_this_machine() if _is_lan(name)
            ]
        return urls

    def refuse_if_taken(self) -> None:
        """Raise Refused when somebody else listens there, or when we may not."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.host, self.port))
            except OSError as error:
                raise Refused(
                    f"Port {self.port} on {self.host} cannot be used ({error.strerror}). "
                    f"Choose another one: PORT={self.port + 1}"
                ) from error


def names_of_this_machine() -> list[str]:
    """Its names and addresses, this machine's own first, then those that the network knows."""
    found = ["localhost", "127.0.0.1", "::1", socket.gethostname()]
    with contextlib.suppress(OSError):
        found += [str(entry[4][0]) for entry in socket.getaddrinfo(socket.gethostname(), None)]
    for family, somewhere in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        with contextlib.suppress(OSError), socket.socket(family, socket.SOCK_DGRAM) as probe:
            probe.connect((somewhere, 9))  # sends nothing; the kernel chooses the address that it would send from
            found.append(str(probe.getsockname()[0]))
    return list(dict.fromkeys(name.split("%")[0] for name in found))


def certificate(folder: Path) -> tuple[Path, Path, Path]:
    """A certificate for the names of this machine: the authority's file, ours, and our key.

    The authority is made once, so that a phone that was told to trust it goes on doing so.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    authority, authority_key = folder / "authority.pem", folder / "authority-key.pem"
    if authority.exists() and authority_key.exists():
        maker = trustme.CA.from_pem(authority.read_bytes(), authority_key.read_bytes())
    else:
        maker = trustme.CA(organization_name="Foyer on this machine")
        authority_key.touch(mode=0o600)
        maker.private_key_pem.write_to_path(authority_key)
        maker.cert_pem.write_to_path(authority)
    issued = maker.issue_cert(*names_of_this_machine())
    certificates, key = folder / "certificate.pem", folder / "key.pem"
    key.touch(mode=0o600)
    issued.private_key_pem.write_to_path(key)
    certificates.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    return authority, certificates, key


def _is_ip(name: str) -> bool:
    with contextlib.suppress(ValueError):
        return bool(ipaddress.ip_address(name))
    return False


def _is_lan(name: str) -> bool:
    return _is_ip(name) and not ipaddress.ip_address(name).is_loopback and not ipaddress.ip_address(name).is_link_local


def _bracketed(host: str) -> str:
    return f"[{host}]" if ":" in host else host
