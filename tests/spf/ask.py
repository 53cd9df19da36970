"""Judges SPF questions with pyspf, whose DNS is a name server (address and port are arguments): JSON lines in and out."""

import json
import socket
import sys

import dns.exception
import dns.rdatatype
import dns.resolver
import spf

resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers = [sys.argv[1]]
resolver.port = int(sys.argv[2])
cache = {}


def ask(name, rtype):
    key = (name.lower().rstrip("."), rtype)
    if key not in cache:
        try:
            answer = resolver.resolve(key[0] + ".", rtype, raise_on_no_answer=False, lifetime=5)
            cache[key] = list(answer.rrset or [])
        except dns.resolver.NXDOMAIN:
            cache[key] = []
        except dns.exception.DNSException as error:
            cache[key] = error
    if isinstance(cache[key], Exception):
        raise spf.TempError(str(cache[key]))
    return cache[key]


def look_up(name, rtype, strict=True, timeout=None, level=0):
    for item in ask(name, rtype):
        if rtype == "TXT":
            value = item.strings
        elif rtype == "MX":
            value = (item.preference, item.exchange.to_text(omit_final_dot=True))
        elif rtype == "AAAA":
            value = socket.inet_pton(socket.AF_INET6, item.address)
        elif rtype == "A":
            value = item.address
        else:
            value = item.target.to_text(omit_final_dot=True)
        yield ((name, rtype), value)


spf.DNSLookup = look_up

for line in sys.stdin:
    case = json.loads(line)
    query = spf.query(i=case["ip"], s=case["mail_from"], h="helo.example", strict=True)
    result, _, _ = query.check()
    print(json.dumps({"result": result, "lookups": query.lookups, "words": getattr(query, "prob", "")}), flush=True)
