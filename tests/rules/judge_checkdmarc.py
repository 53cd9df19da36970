"""Says what checkdmarc has against zones: a zone a line in, a list of objections a line out, JSON both.

It asks the zone itself: its look-ups are answered from the records of the line. What is outside the zone is in order. Nothing is
downloaded; the policy of MTA-STS is that of the line, or a good one.
"""

import json
import sys

import dns.resolver
import requests
from checkdmarc import bimi, dmarc, mta_sts, smtp_tls_reporting

GOOD_POLICY = "version: STSv1\nmode: enforce\nmax_age: 604800\nmx: *.example.com\n"
zone = {}


def query(domain, rtype, **_):
    domain = domain.rstrip(".").lower()
    apex = zone["apex"]
    if domain != apex and not domain.endswith("." + apex):
        if "._report._dmarc." in domain:
            return ["v=DMARC1"]
        raise dns.resolver.NXDOMAIN()
    for _ in range(8):
        alias = zone["records"].get((domain, "CNAME"))
        if not alias:
            break
        domain = alias[0].rstrip(".").lower()
    found = zone["records"].get((domain, rtype))
    if found:
        return list(found)
    names = {name for name, _ in zone["records"]}
    if any(name == domain or name.endswith("." + domain) for name in names):
        raise dns.resolver.NoAnswer()
    raise dns.resolver.NXDOMAIN()


class Offline:
    headers = {}

    def get(self, *_, **__):
        raise requests.RequestException("offline")


for module in (dmarc, mta_sts, smtp_tls_reporting, bimi):
    module.query_dns = query
dmarc.get_mx_records = lambda *_, **__: [{"hostname": "mail.example.com", "preference": 10, "addresses": []}]
bimi.requests.Session = Offline
mta_sts.download_mta_sts_policy = lambda *_, **__: {"policy": zone["policy"], "warnings": []}


def domains(places):
    """The apex, and each name with a record at one of these places."""
    found = {zone["apex"]}
    for name, rtype in zone["records"]:
        for place in places:
            if rtype == "TXT" and name.startswith(place + "."):
                found.add(name[len(place) + 1 :])
    return sorted(found)


def say(group, domain, check):
    try:
        result = check()
    except Exception as error:  # whatever it raises is its verdict
        result = {"error": f"{type(error).__name__}: {error}"}
    texts = list(result.get("warnings", []))
    if result.get("error"):
        texts.append(result["error"])
    return [{"name": domain, "text": f"{group}: {' '.join(text.split())}"} for text in texts]


for line in sys.stdin:
    given = json.loads(line)
    records = {}
    for record in given["records"]:
        key = (record["name"].rstrip(".").lower(), record["type"])
        records.setdefault(key, []).append(record["text"] if record["type"] == "TXT" else record["rdata"])
    zone = {"apex": given["apex"].rstrip("."), "records": records, "policy": given["policy"] or GOOD_POLICY}
    said = []
    for domain in domains(["_dmarc"]):
        said += say("dmarc", domain, lambda: dmarc.check_dmarc(domain, parked=given["parked"]))
    for domain in domains(["_mta-sts"]):
        said += say("sts", domain, lambda: mta_sts.check_mta_sts(domain))
    for domain in domains(["_smtp._tls"]):
        said += say("tlsrpt", domain, lambda: smtp_tls_reporting.check_smtp_tls_reporting(domain))
    for domain in domains(["default._bimi"]):
        policy = dmarc.check_dmarc(domain)
        said += say("bimi", domain, lambda: bimi.check_bimi(domain, parsed_dmarc_record=policy))
    print(json.dumps(said), flush=True)
