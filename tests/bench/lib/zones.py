"""Zones for the benchmark: made up, of the mix that real zones have, and the same every time.

One unit is the RRset. Mix by RRset: A 33 %, AAAA 16 %, CNAME 16 %, TXT 16 %, MX 7 %, SRV 7 %, CAA 5 %; every AAAA is at
a name that has an A too. Every zone has an apex with NS, MX, SPF and CAA, a DMARC record and a DKIM key, which count.
Every value depends only on zone, owner name, type and version, so a change of 1 % changes exactly those values. Texts hold semicolons but no quotes or backslashes:
octoDNS breaks on those, and a benchmark is not the place to show it.
"""
import base64
import hashlib
import ipaddress
import random
from typing import NamedTuple

DEFAULT_TTL = 3600
# One hundred RRsets: A with AAAA counts two.
MIX = ['A+AAAA'] * 16 + ['A'] * 17 + ['CNAME'] * 16 + ['TXT'] * 16 + ['MX'] * 7 + ['SRV'] * 7 + ['CAA'] * 5


class RRset(NamedTuple):
    """`values` are strings (A, AAAA, CNAME, NS, TXT without quotes) or tuples in the order of the rdata's fields."""
    owner: str  # relative; '' is the apex
    type: str
    ttl: int
    values: list


def zone_names(count):
    return [f'zone{n:05d}.bench.test.' for n in range(count)]


def zone(name, count):
    """The RRsets of one zone, `count` of them."""
    rrsets = [RRset(owner, kind, DEFAULT_TTL, values) for owner, kind, values in mail_and_apex(name)][:count]
    order = MIX[:]
    random.Random(name).shuffle(order)
    number = 0
    while len(rrsets) < count:
        kind = order[number % len(order)]
        ttl = (DEFAULT_TTL, 300, DEFAULT_TTL, 7200)[number % 4]
        owner = f'_service{number:06d}._tcp' if kind == 'SRV' else f'{kind[0].lower()}{number:06d}'
        for one in kind.split('+'):
            rrsets.append(RRset(owner, one, ttl, values(name, owner, one, 0)))
        number += 1
    return rrsets[:count]


def mail_and_apex(name):
    digest = octets(name, 'mail')
    key = base64.b64encode(octets(name, 'dkim')).decode()
    return [
        ('', 'NS', ['ns1.hosting.test.', 'ns2.hosting.test.']),
        ('', 'MX', [(10, 'mx1.mail.test.'), (20, 'mx2.mail.test.')]),
        ('', 'TXT', [f'v=spf1 mx ip4:198.51.100.{digest[0]} include:_spf.mail.test ~all']),
        ('', 'CAA', [(0, 'issue', 'ca.test')]),
        ('_dmarc', 'TXT', [f'v=DMARC1; p=quarantine; rua=mailto:dmarc@{name[:-1]}']),
        ('s1._domainkey', 'TXT', [f'v=DKIM1; k=ed25519; p={key}']),
    ]


def values(name, owner, kind, version):
    """The values of one RRset; another version gives other values."""
    d = octets(name, owner, kind, version)
    if kind == 'A':
        return [f'10.{d[n]}.{d[n + 1]}.{d[n + 2]}' for n in range(0, 6 if d[9] % 5 == 0 else 3, 3)]
    if kind == 'AAAA':
        return [str(ipaddress.IPv6Address(bytes([0x20, 0x01, 0x0D, 0xB8]) + d[:12]))]
    if kind == 'CNAME':
        return [f'edge{d[0]:03d}{d[1]:03d}.delivery{d[2] % 8}.test.']
    if kind == 'TXT':
        token = base64.urlsafe_b64encode(d).decode().rstrip('=')
        return [f'site-verification={token}'] + ([f'owner={d[1]}; site=web{d[2]}'] if d[0] % 4 == 0 else [])
    if kind == 'MX':
        return [(10, f'mx{d[0]}.mail.test.'), (20, f'mx{d[1]}.backup.test.')]
    if kind == 'SRV':
        return [(d[0] % 50, d[1] % 100, 1024 + d[2] * 8, f'server{d[3] % 20:02d}.services.test.')]
    if kind == 'CAA':
        return [(0, 'issue', f'ca{d[0]}.test'), (0, 'iodef', f'mailto:security@ca{d[1]}.test')]
    raise ValueError(kind)


def changed(zones, percent):
    """A copy of `{name: rrsets}` in which so many percent of all RRsets have other values, spread evenly over the zones;
    what is left over in one zone is carried to the next. Also gives the number of changed RRsets."""
    result, carry, total = {}, 0.0, 0
    for name, rrsets in zones.items():
        carry += len(rrsets) * percent / 100
        count, rrsets = int(carry + 1e-9), rrsets[:]
        carry -= count
        body = [n for n, rrset in enumerate(rrsets) if rrset.owner not in ('', '_dmarc', 's1._domainkey')]
        for n in random.Random(f'change {name}').sample(body, min(count, len(body))):
            old = rrsets[n]
            versions = (values(name, old.owner, old.type, version) for version in range(1, 99))
            rrsets[n] = old._replace(values=next(new for new in versions if sorted(new) != sorted(old.values)))
            total += 1
        result[name] = rrsets
    return result, total


def octets(*parts):
    return hashlib.sha256('|'.join(map(str, parts)).encode()).digest()
