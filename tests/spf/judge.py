"""Judges SPF questions with pyspf, whose DNS is a dictionary: JSON lines in, JSON lines out."""

import json
import socket
import sys

import spf

zone = {}


def look_up(name, rtype, strict=True, timeout=None, level=0):
    items = zone.get(name.lower().rstrip("."))
    if items is None:
        return
    found = False
    for item in items:
        if item[0] == rtype or item[0] == "CNAME":
            found = True
            value = item[1]
            if rtype == "AAAA" and item[0] == "AAAA":
                value = socket.inet_pton(socket.AF_INET6, value)
            elif item[0] == "TXT":
                value = (value.encode("utf-8"),)
            elif item[0] == "MX":
                value = tuple(value)
            yield ((name, item[0]), value)
    if not found and ["TIMEOUT"] in items:
        raise spf.TempError("no answer in time")


spf.DNSLookup = look_up

for line in sys.stdin:
    case = json.loads(line)
    zone = case["zone"]
    query = spf.query(i=case["ip"], s=case["mail_from"], h=case["helo"], strict=True)
    query.set_default_explanation("DEFAULT")
    try:
        result, _, explanation = query.check()
        words = getattr(query, "prob", "")
    except Exception as error:  # a defect of pyspf is an answer, too
        result, explanation, words = "crash", "", f"{type(error).__name__}: {error}"
    answer = {"result": result, "explanation": explanation, "words": str(words), "lookups": query.lookups, "voids": query.void_lookups}
    print(json.dumps(answer), flush=True)
