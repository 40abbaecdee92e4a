"""The values of a CAP 1.2 message, and the table of its elements in the order of the standard.

Everything is text, exactly as it stands in the message: a foreign message with an impossible time
has to be representable before it can be refused. Names are those of the standard in Python's
spelling; ``FIELDS`` is the one place that maps both. No rule lives here.
"""

from __future__ import annotations

from dataclasses import dataclass

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
SIGNATURES = "http://www.w3.org/2000/09/xmldsig#"

STATUSES = ("Actual", "Exercise", "System", "Test", "Draft")
MESSAGE_TYPES = ("Alert", "Update", "Cancel", "Ack", "Error")
SCOPES = ("Public", "Restricted", "Private")
CATEGORIES = (
    "Geo",
    "Met",
    "Safety",
    "Security",
    "Rescue",
    "Fire",
    "Health",
    "Env",
    "Transport",
    "Infra",
    "CBRNE",
    "Other",
)
RESPONSES = (
    "Shelter",
    "Evacuate",
    "Prepare",
    "Execute",
    "Avoid",
    "Monitor",
    "Assess",
    "AllClear",
    "None",
)
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown")
SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown")


@dataclass(frozen=True, slots=True)
class Pair:
    """A name and a value of somebody's own system: eventCode, parameter, geocode."""

    value_name: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that goes with the message."""

    resource_desc: str = ""
    mime_type: str = ""
    size: str = ""
    uri: str = ""
    deref_uri: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """Where: words, and shapes in WGS 84 as the standard writes them."""

    area_desc: str = ""
    polygon: tuple[str, ...] = ()
    circle: tuple[str, ...] = ()
    geocode: tuple[Pair, ...] = ()
    altitude: str = ""
    ceiling: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """What happens, in one language."""

    language: str = ""
    category: tuple[str, ...] = ()
    event: str = ""
    response_type: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    audience: str = ""
    event_code: tuple[Pair, ...] = ()
    effective: str = ""
    onset: str = ""
    expires: str = ""
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    contact: str = ""
    parameter: tuple[Pair, ...] = ()
    resource: tuple[Resource, ...] = ()
    area: tuple[Area, ...] = ()


@dataclass(frozen=True, slots=True)
class Alert:
    """One message: who says it, to whom, and what it replaces."""

    identifier: str = ""
    sender: str = ""
    sent: str = ""
    status: str = ""
    msg_type: str = ""
    source: str = ""
    scope: str = ""
    restriction: str = ""
    addresses: str = ""
    code: tuple[str, ...] = ()
    note: str = ""
    references: str = ""
    incidents: str = ""
    info: tuple[Info, ...] = ()


@dataclass(frozen=True, slots=True)
class Field:
    """One element: its name in XML, the attribute that holds it, and what the schema says.

    ``kind``: text, time, integer, decimal, uri, language, or a class of this module; ``accepted``
    is the closed list of values, if there is one.
    """

    name: str
    kind: str | type = "text"
    required: bool = False
    many: bool = False
    accepted: tuple[str, ...] = ()

    @property
    def attribute(self) -> str:
        """``msgType`` → ``msg_type``."""
        return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in self.name)


# The order is the standard's: a message in another order is not valid.
FIELDS: dict[type, tuple[Field, ...]] = {
    Alert: (
        Field("identifier", required=True),
        Field("sender", required=True),
        Field("sent", "time", required=True),
        Field("status", required=True, accepted=STATUSES),
        Field("msgType", required=True, accepted=MESSAGE_TYPES),
        Field("source"),
        Field("scope", required=True, accepted=SCOPES),
        Field("restriction"),
        Field("addresses"),
        Field("code", many=True),
        Field("note"),
        Field("references"),
        Field("incidents"),
        Field("info", Info, many=True),
    ),
    Info: (
        Field("language", "language"),
        Field("category", required=True, many=True, accepted=CATEGORIES),
        Field("event", required=True),
        Field("responseType", many=True, accepted=RESPONSES),
        Field("urgency", required=True, accepted=URGENCIES),
        Field("severity", required=True, accepted=SEVERITIES),
        Field("certainty", required=True, accepted=CERTAINTIES),
        Field("audience"),
        Field("eventCode", Pair, many=True),
        Field("effective", "time"),
        Field("onset", "time"),
        Field("expires", "time"),
        Field("senderName"),
        Field("headline"),
        Field("description"),
        Field("instruction"),
        Field("web", "uri"),
        Field("contact"),
        Field("parameter", Pair, many=True),
        Field("resource", Resource, many=True),
        Field("area", Area, many=True),
    ),
    Resource: (
        Field("resourceDesc", required=True),
        Field("mimeType", required=True),
        Field("size", "integer"),
        Field("uri", "uri"),
        Field("derefUri"),
        Field("digest"),
    ),
    Area: (
        Field("areaDesc", required=True),
        Field("polygon", many=True),
        Field("circle", many=True),
        Field("geocode", Pair, many=True),
        Field("altitude", "decimal"),
        Field("ceiling", "decimal"),
    ),
    Pair: (Field("valueName", required=True), Field("value", required=True)),
}
