"""Under which names this server may be asked: the defence against pages that let a name of theirs point to this machine.

A browser sends the name that stands in its address bar as `Host`. Whoever binds a name of their own to 127.0.0.1 (DNS rebinding) could read
everything that listens there, so a name that nobody vouched for is refused. An address in digits cannot be bound to anything.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from collections.abc import Iterable

__all__ = ["AllowedHosts", "is_loopback"]

#: A name or an address with an optional port, as RFC 9110 (section 7.2) has it.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(?::[0-9]{0,5})?")


class AllowedHosts:
    """The names and addresses under which requests are answered.

    Args:
        bound: the address that the server listens on, in digits.
        allowed: further names, `*.example.org` for all below one, `*` for any.
    """

    def __init__(self, bound: str, allowed: Iterable[str] = ()) -> None:
        names = [name.strip("[]") for name in allowed]
        self.loopback = is_loopback(bound)
        self.any = "*" in names
        self._below = tuple(name[1:] for name in names if name.startswith("*."))
        self._names = {"localhost", *(name for name in names if not name.startswith("*"))}
        if not self.loopback:
            self._names.add(socket.gethostname().lower())
        self._known: dict[bytes, bool] = {}

    @property
    def names(self) -> list[str]:
        """The names that are answered beside addresses in digits."""
        return sorted([*self._names, *("*" + name for name in self._below)])

    def admits(self, host: bytes) -> bool:
        """Say whether a request with this header `Host` is answered.

        >>> AllowedHosts("127.0.0.1").admits(b"localhost:8000"), AllowedHosts("127.0.0.1").admits(b"evil.example")
        (True, False)
        """
        if self.any:
            return True
        found = self._known.get(host)
        if found is None:
            found = self._admits(host.decode("latin-1"))
            # Clients send what they like: only so many are remembered.
            if len(self._known) < 1000:
                self._known[host] = found
        return found

    def _admits(self, host: str) -> bool:
        match = _HOST.fullmatch(host)
        if match is None:
            return False
        name = match[1].strip("[]").lower().rstrip(".")
        if name in self._names or name.endswith(self._below or ("\0",)):
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self.loopback


def is_loopback(address: str) -> bool:
    """Say whether an address in digits is one of this machine alone; of names, only `localhost` is known to be."""
    if address == "localhost":
        return True
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    # A socket for both families shows IPv4 clients inside one network of IPv6.
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (mapped or found).is_loopback
