"""Says what checkdmarc makes of records: JSON lines in, JSON lines out.

Each line in is {"kind": ..., "text": ...}; each line out is null when it accepts the text, else what it says against it.
Only syntax: nothing is looked up, so the places where it would ask DNS are taken out.
"""

import json
import sys

from checkdmarc import dmarc, mta_sts, smtp_tls_reporting

dmarc.verify_dmarc_report_destination = lambda *_, **__: None
dmarc.get_mx_records = lambda *_, **__: [{"hostname": "mail.example.com", "preference": 10, "addresses": []}]

READERS = {
    "dmarc": lambda text: dmarc.parse_dmarc_record(text, "example.com"),
    "mta-sts": mta_sts.parse_mta_sts_record,
    "policy": mta_sts.parse_mta_sts_policy,
    "tls-rpt": smtp_tls_reporting.parse_smtp_tls_reporting_record,
}

for line in sys.stdin:
    case = json.loads(line)
    try:
        READERS[case["kind"]](case["text"])
        answer = None
    except Exception as error:  # whatever it raises is its verdict
        answer = f"{type(error).__name__}: {error}"
    print(json.dumps(answer), flush=True)
