"""Asks other people about alerts. Runs in their environment and imports nothing of Huiyin.

Reads one alert from standard input; writes as JSON what ``capvalidator`` says of schema and
signature, and what ``cap-tools`` reads. capvalidator believes the certificate inside the message,
so its word on a signature says only that the arithmetic is right.
"""

from __future__ import annotations

import json
import sys

from cap_tools.models import Alert
from capvalidator import Validator
from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.config import ParserConfig

source = sys.stdin.buffer.read()
signed = b"<ds:Signature" in source
# Its tables have no place for a signature, which the standard allows.
alert = XmlParser(config=ParserConfig(fail_on_unknown_properties=not signed)).from_bytes(
    source, Alert
)
info = alert.infos[0]
print(
    json.dumps(
        {
            "schema": Validator(source).schema()[0],
            "signature": Validator(source).signature()[0],
            "sender": alert.sender,
            "sent": str(alert.sent),
            "status": alert.status.value,
            "categories": [category.value for category in info.categories],
            "event": info.event,
            "instruction": info.instruction,
            "polygons": info.areas[0].polygons,
        }
    )
)
