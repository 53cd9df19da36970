"""Writes every RRset that octoDNS reads from a configuration, one JSON object a line.

    dump.py CONFIG

The configuration is opened by octoDNS's own Manager, zones are found, populated, processed and validated by its own
code. A zone that octoDNS refuses gives one line with the reason. Nothing is asked over the network.
"""

import dns.tokenizer
import json
import logging
import sys
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from octodns.manager import Manager  # noqa: E402  (its deprecation warnings are silenced above)


def served(raw):
    """What a server reads between quotes: octoDNS hands PowerDNS and BIND the text with its backslashes."""
    token = dns.tokenizer.Token(dns.tokenizer.QUOTED_STRING, raw, has_escape="\\" in raw)
    return token.unescape_to_bytes().value.decode()


def plain(value):
    """The data of a value: what octoDNS would write into YAML."""
    return getattr(value, "data", value)


def line(zone, record):
    values = record.values if hasattr(record, "values") else [record.value]
    try:
        rdata = list(record.to_rrset().rdatas)
    except AttributeError:
        # Types of single providers have no text.
        rdata = None
    return {
        "zone": zone.name,
        "name": record.fqdn,
        "type": record._type,
        "ttl": record.ttl,
        "rdata": rdata,
        # The texts of TXT and SPF as a provider without a master-file form gets them.
        "raw": [served(str(v)) for v in values] if values and hasattr(values[0], "to_raw_text") else None,
        "data": [plain(v) for v in values],
        "ignored": bool(record.ignored),
        "steered": bool(getattr(record, "dynamic", False) or getattr(record, "geo", False)),
        "included": record.included,
        "excluded": record.excluded,
    }


def populated(manager, name, config, lenient):
    zone = manager.get_zone(name)
    for source in config["sources"]:
        manager.providers[source].populate(zone, lenient=lenient)
    for processor in manager._get_processors(name, config):
        zone = processor.process_source_zone(zone, sources=[], lenient=lenient)
    zone.validate(lenient=lenient)
    return zone


def main(path):
    manager = Manager(path)
    zones = manager._preprocess_zones(manager.config["zones"])
    for name, config in sorted(zones.items()):
        alias = config.get("alias")
        settings = zones[alias] if alias else config
        lenient = settings.get("lenient", False)
        try:
            zone = populated(manager, alias or name, settings, lenient)
            if alias:
                copy = manager.get_zone(name)
                for record in zone.records:
                    copy.add_record(record.copy(zone=copy), lenient=lenient)
                zone = copy
            lines = [json.dumps(line(zone, record)) for record in sorted(zone.records)]
        except Exception as error:  # octoDNS raises whatever its libraries raise
            print(json.dumps({"zone": name, "error": f"{type(error).__name__}: {error}"}))
            continue
        print(json.dumps({"zone": zone.name, "targets": list(settings.get("targets") or [])}))
        for text in lines:
            print(text)


main(sys.argv[1])
