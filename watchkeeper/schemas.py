"""`python -m watchkeeper.schemas` writes contract/schema anew: JSON Schema and AsyncAPI, made from the structs themselves; and
the types that the pages in dashboards/ see of the API."""

import json
from pathlib import Path
from typing import Any

import msgspec

from contract import envelope, orders, topics
from contract.readings import KINDS
from hub.api.models import Incident
from watchkeeper import typescript

FOLDER = Path(__file__).resolve().parents[1] / "contract" / "schema"
_MESSAGES: dict[str, tuple[Any, str]] = {
    "batch": (envelope.Batch, "Contiguous records of one agent's log. None at all: a greeting."),
    "receipt": (envelope.Receipt, "What the hub has committed of a log, and how to go on."),
    "order": (orders.AnyOrder, "What the hub asks of an agent. Never retained, carried out at most once."),
    "nonce": (orders.Nonce, "The agent's answer to ask_nonce."),
    "status": (orders.Status, "Retained: whether the agent is connected. A hint; silence is what alarms."),
}
_UP = {"batch", "nonce", "status"}
_SEALED = {"batch", "receipt", "order", "nonce"}
_SEAL = "The payload is the three bytes WK1, a 16-byte BLAKE2b MAC under the agent's key over topic and body, and this JSON body."


def json_schema() -> dict[str, Any]:
    """All messages and all kinds of readings as one JSON Schema document, draft 2020-12."""
    schemas, components = msgspec.json.schema_components(
        [kind for kind, _ in _MESSAGES.values()] + list(KINDS.values()), ref_template="#/$defs/{name}"
    )
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Watchkeeper contract",
        "messages": dict(zip(_MESSAGES, schemas, strict=False)),
        "$defs": components,
    }


def incident_schemas() -> dict[str, Any]:
    """An incident and what it is made of, each under its name, as components of the AsyncAPI document."""
    incident = Incident.model_json_schema(ref_template="#/components/schemas/{model}")
    return {**incident.pop("$defs", {}), "Incident": incident}


def incident_message() -> dict[str, Any]:
    """What is published when an incident changes: `hub.views.change_view` of a case."""
    text, number = {"type": "string"}, {"type": "integer"}
    head = {"key": text, "site": text, "pos": number, "at": {"type": "string", "format": "date-time"}, "topic": {"const": "case"}}
    return {
        "type": "object",
        "properties": head | {"subject": text, "act": text, "incident": {"$ref": "#/components/schemas/Incident"}},
        "required": [*head, "subject", "act", "incident"],
    }


def async_api() -> dict[str, Any]:
    """The topics and their messages as an AsyncAPI 3.0 document."""
    parameters = {name: {"description": f"An id: {topics.ID_PATTERN}"} for name in ("site", "agent")}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Watchkeeper: agents and the hub over MQTT 3.1.1",
            "version": "1",
            "description": "Agents dial out to the broker; the hub answers every batch after its commit. Ids: "
            + topics.ID_PATTERN,
        },
        "defaultContentType": "application/json",
        "channels": {
            leaf: {
                "address": f"{topics.ROOT}/{{site}}/agents/{{agent}}/{leaf}",
                "parameters": parameters,
                "messages": {leaf: {"$ref": f"#/components/messages/{leaf}"}},
            }
            for leaf in _MESSAGES
        }
        | {
            "incident": {
                "address": f"{topics.ROOT}/{{site}}/incidents/{{number}}",
                "parameters": {"site": parameters["site"], "number": {"description": "The incident's number."}},
                "messages": {"incident": {"$ref": "#/components/messages/incident"}},
            }
        },
        "operations": {
            f"{'take' if leaf in _UP else 'give'}_{leaf}": {
                "action": "receive" if leaf in _UP else "send",
                "channel": {"$ref": f"#/channels/{leaf}"},
            }
            for leaf in _MESSAGES
        }
        | {"give_incident": {"action": "send", "channel": {"$ref": "#/channels/incident"}}},
        "components": {
            "schemas": incident_schemas(),
            "messages": {
                leaf: {
                    "name": leaf,
                    "summary": summary,
                    "description": _SEAL if leaf in _SEALED else "A bare JSON body: a broker keeps the last will as it is.",
                    "payload": {"$ref": f"contract.schema.json#/messages/{leaf}"},
                }
                for leaf, (_, summary) in _MESSAGES.items()
            }
            | {
                "incident": {
                    "name": "incident",
                    "summary": "An incident after a change. Retained while it is live; an empty payload ends it.",
                    "description": "For subscribers on the estate's own broker. Delivered at least once, under one `key`.",
                    "payload": incident_message(),
                }
            },
        },
    }


def documents() -> dict[str, str]:
    """Each file's name in contract/schema and its whole text."""
    made = {"contract.schema.json": json_schema(), "asyncapi.json": async_api()}
    return {name: json.dumps(document, ensure_ascii=False, indent=2, sort_keys=True) + "\n" for name, document in made.items()}


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for file_name, text in documents().items():
        (FOLDER / file_name).write_text(text, encoding="utf-8")
    typescript.FILE.write_text(typescript.text(), encoding="utf-8")
