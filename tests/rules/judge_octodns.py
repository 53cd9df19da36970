"""Says what octoDNS's validators have against zones.

    judge_octodns.py            a zone a line in, a list of objections a line out, JSON both
    judge_octodns.py CONFIG     the zones of a configuration: a zone with its objections a line, JSON

The validators are those of the sets `strict` and `best-practice`, and all that those sets switch on. Nothing is asked over the network.
"""

import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from octodns.manager import Manager  # noqa: E402  (its deprecation warnings are silenced above)
from octodns.record import Record  # noqa: E402
from octodns.record.exception import ValidationError  # noqa: E402
from octodns.record.rr import Rrset  # noqa: E402
from octodns.zone import Zone  # noqa: E402

SETS = ("strict", "best-practice")
said = []


def note(fqdn, reasons):
    for reason in reasons:
        via = getattr(reason, "validator_id", None)
        names = {record.fqdn for record in getattr(reason, "records", None) or ()} or {fqdn}
        # What is about several names is about the zone.
        name = names.pop() if len(names) == 1 else None
        text = str.__str__(reason) if via is None else reason[:]
        said.append({"name": None if text.startswith("zone ") else name, "text": f"{via}: {text}"})


def build_message(cls, fqdn, reasons, context=None):
    """Called for the reasons against each record, also where the record is taken all the same."""
    note(fqdn, reasons)
    return "seen"


def enable():
    Record.enable_validators(SETS)
    Zone.enable_zone_validators(SETS)
    ValidationError.build_message = classmethod(build_message)


def whole(zone):
    note(zone.name, Zone.validators.process_zone(zone))


def configured(path):
    manager = Manager(path)
    enable()
    for name, config in sorted(manager._preprocess_zones(manager.config["zones"]).items()):
        said.clear()
        zone = manager.get_zone(name)
        for source in config["sources"]:
            manager.providers[source].populate(zone, lenient=True)
        whole(zone)
        print(json.dumps({"zone": name, "said": said}), flush=True)


def given(line):
    said.clear()
    zone = Zone(line["apex"], [])
    rrsets = {}
    for record in line["records"]:
        rrsets.setdefault((record["name"], record["type"]), []).append(record)
    for (name, rtype), records in sorted(rrsets.items()):
        # It has no SOA records, and none of DNSSEC but DS.
        if rtype not in Record._CLASSES:
            continue
        try:
            rdatas = list(dict.fromkeys(record["rdata"] for record in records))
            rrset = Rrset(name, rtype, records[0]["ttl"], rdatas)
            zone.add_record(Record.from_rrset(zone, rrset, lenient=True), lenient=True)
        except Exception as error:  # whatever it raises is its verdict
            said.append({"name": name, "text": f"{type(error).__name__}: {rtype} {error}"})
    whole(zone)
    return said


if len(sys.argv) > 1:
    configured(sys.argv[1])
else:
    enable()
    for text in sys.stdin:
        print(json.dumps(given(json.loads(text))), flush=True)
