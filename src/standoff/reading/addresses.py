"""Which machines may be asked: public ones. A name is resolved once, every address it has is looked at, and the
connection goes to the address that was looked at.

Odd spellings (2130706433, 0x7f.1, 127.1) are resolved as the system would and judged by what they mean; an IPv4 address
inside an IPv6 one is judged as what it is.
"""

from __future__ import annotations

import ipaddress
import re
import socket

from standoff.errors import EvidenceError, Problem
from standoff.language.printable import printable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")))


def addresses_of(host: str, port: int, *, allow_private: bool, file: str) -> list[str]:
    """The addresses of a host, all of them allowed. Raises `EvidenceError` for a name nobody knows or a machine that is
    not to be asked; `file` is the address as it was given, for the message."""
    try:
        rows = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise _problem(
            file, f"no machine called '{printable(host)}' ({error.args[-1] if error.args else error})",
            "a host name that resolves", "Check the spelling and the connection.",
        ) from None  # fmt: skip
    found = list(dict.fromkeys(str(row[4][0]).partition("%")[0] for row in rows))
    for each in found:
        why = refused(ipaddress.ip_address(each), allow_private)
        if why:
            private = why == "private"
            shown = host if host == each else f"{printable(host)} ({each})"
            raise _problem(
                file, f"{shown}, an address {'inside a private network or this machine' if private else why}",
                "a public address",
                "If it is a server of yours, say --allow-private." if private else "Save the page and read that file.",
            )  # fmt: skip
    return found


def refused(address: Address, allow_private: bool) -> str:
    """Why this address is not asked ('private' for one that may be allowed), or ''."""
    address = meant(address)
    if address in _METADATA or address.is_link_local:
        return "that only machines of one cable or cloud use for themselves"
    if address.is_unspecified or address.is_multicast:
        return "that is no single machine's"
    if address.is_global:
        return ""
    return "" if allow_private else "private"


def meant(address: Address) -> Address:
    """The IPv4 address inside an IPv6 one, where there is one."""
    if isinstance(address, ipaddress.IPv4Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address.teredo is not None:
        return address.teredo[1]
    low = int(address) & 0xFFFFFFFF
    if any(address in net for net in _NAT64) or (0xFFFF < int(address) <= 0xFFFFFFFF):
        return ipaddress.IPv4Address(low)
    return address


def shown(url: str) -> str:
    """An address as it may be printed: without a name or password that stands in it, and not endless."""
    return printable(re.sub(r"(?<=//)[^/?#]*@", "", url), 200)


def _problem(file: str, found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found, expected, mend, file=file))
