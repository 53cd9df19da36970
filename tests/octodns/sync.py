"""Synchronises every zone of a configuration on its own and asks what is then served, one JSON object a line.

    sync.py CONFIG OWNER TYPE PORT ...

OWNER, TYPE and PORT stand for each zone in the order of the configuration: what to ask of the name server on this port of
127.0.0.1. Each zone is one `Manager.sync` as `octodns-sync --doit --force ZONE` calls it, so that a zone that octoDNS
refuses does not keep it from the others. A line has the zone, and either the response code and rdata in hexadecimal, or
the error with the stage where it came: `read`, or `write` once the provider had begun to. octoDNS has values over which it
never comes to an end; each zone gets half a second of processor time.
"""

import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import json
import logging
import signal
import sys
import traceback
import warnings

warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)

from octodns.manager import Manager  # noqa: E402  (its deprecation warnings are silenced above)


def stage(error):
    names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    return "write" if "_apply" in names else "read"


def words(error):
    """The server's words, too, where a provider has them."""
    response = getattr(error, "response", None)
    said = f" {response.text}" if response is not None else ""
    return f"{type(error).__name__}: {error}{said}"


def give_up(*_):
    raise TimeoutError("it never comes to an end")


def ask(owner, rtype, port):
    query = dns.message.make_query(owner, rtype)
    answer = dns.query.tcp(query, "127.0.0.1", port=int(port), timeout=20)
    kind = dns.rdatatype.from_text(rtype)
    rdatas = [rdata for rrset in answer.answer if rrset.rdtype == kind for rdata in rrset]
    return {
        "status": dns.rcode.to_text(answer.rcode()),
        "rdata": [rdata.to_generic().data.hex() for rdata in rdatas],
    }


def main(path, questions):
    signal.signal(signal.SIGVTALRM, give_up)
    manager = Manager(path)
    for zone, question in zip(manager.config["zones"], questions, strict=True):
        line = {"zone": zone}
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.5)
        try:
            manager.sync(eligible_zones=[zone], dry_run=False, force=True, plan_output_fh=sys.stderr)
        except Exception as error:  # octoDNS raises whatever its libraries raise
            line |= {"stage": stage(error), "error": words(error)}
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if "error" not in line:
            try:
                line |= ask(*question)
            except Exception as error:  # what a server sends can be malformed
                line |= {"status": type(error).__name__, "rdata": []}
        print(json.dumps(line))


arguments = sys.argv[2:]
main(sys.argv[1], list(zip(arguments[::3], arguments[1::3], arguments[2::3], strict=True)))
