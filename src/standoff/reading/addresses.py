"""Which machines may be asked: public ones. A name is resolved once, every address it has is looked at, and the
connection goes to the address that was looked at.

Odd spellings (2130706433, 0x7f.1, 127.1) are resolved as the system would and judged by what they mean. Of IPv6 only
what is handed out to the public counts as public (2000::/3 without its special ranges), and an IPv4 address inside an
IPv6 one is judged as what it is.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import unquote_plus

from standoff.errors import EvidenceError, Problem
from standoff.language.printable import printable

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_V6 = ipaddress.IPv6Network
_PUBLIC = _V6("2000::/3")
_SPECIAL = tuple(map(_V6, ("2001::/23", "2001:db8::/32", "3fff::/20")))  # IANA, IPv6 special-purpose registry
_NAT64 = _V6("64:ff9b::/96")
_NAT64_LOCAL = _V6("64:ff9b:1::/48")  # RFC 8215; where in it the IPv4 address stands, the network decides
_SIIT = _V6("::ffff:0:0:0/96")
_ELSEWHERE = (
    "A redirect led there, and --allow-private holds only for the machine you name. If it is a server of yours, "
    "name it itself."
)
_SECRET = frozenset(
    (
        "token", "signature", "sig", "key", "apikey", "auth", "authorization", "session", "sessionid", "sessid",
        "phpsessid", "jsessionid", "sid", "password", "passwd", "passphrase", "pwd", "pass", "secret", "credential",
        "credentials", "jwt", "hmac", "login", "otp",
    )
)  # fmt: skip
_METADATA = frozenset(map(ipaddress.ip_address, ("fd00:ec2::254", "100.100.100.200", "192.0.0.192", "168.63.129.16")))


def addresses_of(host: str, port: int, *, allow_private: bool, file: str, named: bool = True) -> list[str]:
    """The addresses of a host, all of them allowed. Raises `EvidenceError` for a name nobody knows or a machine that is
    not to be asked; `file` is the address as it was given, and `named` whether this host stands in it: for the
    message."""
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
            mend = "If it is a server of yours, say --allow-private." if named else _ELSEWHERE
            raise _problem(
                file, f"{shown}, an address {'inside a private network or this machine' if private else why}",
                "a public address", mend if private else "Save the page and read that file.",
            )  # fmt: skip
    return found


def refused(address: Address, allow_private: bool) -> str:
    """Why this address is not asked ('private' for one that may be allowed), or ''."""
    outer, inner = _faces(address)
    faces = (*([outer] if outer is not None else []), *inner)
    for each in faces:
        if each in _METADATA or each.is_link_local:
            return "that only machines of one cable or cloud use for themselves"
    if any(each.is_unspecified or each.is_multicast for each in faces):
        return "that is no single machine's"
    return "" if allow_private or all(map(_public, faces)) else "private"


def _public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv4Address):
        return address.is_global
    return address in _PUBLIC and not any(address in net for net in _SPECIAL) and address.is_global


def _faces(address: Address) -> tuple[Address | None, list[ipaddress.IPv4Address]]:
    """(the address itself where it goes anywhere as such, the IPv4 addresses that it may be turned into)."""
    if isinstance(address, ipaddress.IPv4Address):
        return None, [address]
    bits = int(address)
    low = ipaddress.IPv4Address(bits & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        return None, [address.ipv4_mapped]
    if address.sixtofour is not None:
        return None, [address.sixtofour]
    if address.teredo is not None:
        return None, list(address.teredo)
    if address in _NAT64:
        return None, [low]
    if address in _NAT64_LOCAL:  # RFC 6052: around bits 64 to 71, or at the end
        split = ipaddress.IPv4Address((bits >> 64 & 0xFFFF) << 16 | bits >> 40 & 0xFFFF)
        return address, [each for each in (split, low) if int(each)]
    isatap = bits >> 32 & 0xFDFFFFFF == 0x5EFE
    if isatap or address in _SIIT or 0xFFFF < bits <= 0xFFFFFFFF:
        return address, [low]
    return address, []


def shown(url: str) -> str:
    """An address as it may be printed: without a name or password that stands in it, and not endless."""
    return printable(re.sub(r"(?<=//)[^/?#]*@", "", url), 200)


def without_secrets(url: str) -> str:
    """An address without what opens a door: parts of its query named as keys, tokens, signatures, sessions and
    passwords are (X-Amz-... and X-Goog-... whole), and a session in its path. The rest stays, as it was written.

    By their names: a secret under an innocent name stays.
    """
    if "://" not in url:
        return url
    head, mark, query = url.partition("?")
    head = re.sub(r"(?i);(?:jsessionid|phpsessid|sid)=[^/?#;]*", "", head)
    query, hash_, fragment = query.partition("#")
    kept = [part for part in re.split(r"[&;]", query) if not _secret(part)]
    rest = "&".join(kept) if len(kept) < len(re.split(r"[&;]", query)) else query
    return head + (mark if rest else "") + rest + hash_ + fragment


def _secret(part: str) -> bool:
    name, _, value = unquote_plus(part).partition("=")
    words = re.split(r"[^a-z0-9]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower())
    joined = "".join(words)
    if joined.startswith(("xamz", "xgoog")) or joined in _SECRET or joined.endswith(("token", "apikey", "password")):
        return True
    return not _SECRET.isdisjoint(words) or re.match(r"eyJ[\w-]{8,}\.", value) is not None


def _problem(file: str, found: str, expected: str, mend: str) -> EvidenceError:
    return EvidenceError(Problem(found, expected, mend, file=file))
