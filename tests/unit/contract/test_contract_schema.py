"""The exported documents say what the structs say."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from contract import topics
from contract.envelope import Batch, Record, encode
from contract.readings import KINDS, CardRead
from hub.cases.types import Case
from hub.ingest.ports import ChangeRow
from hub.views import change_view
from watchkeeper.schemas import FOLDER, async_api, documents, incident_message, incident_schemas, json_schema


@pytest.mark.parametrize("name", sorted(documents()))
def test_the_exported_document_has_not_drifted(name):
    assert (FOLDER / name).read_text(encoding="utf-8") == documents()[name], "run: python -m watchkeeper.schemas"


def test_every_reference_leads_somewhere():
    schema = json_schema()
    text = json.dumps(schema)
    names = {part.split('"')[0] for part in text.split("#/$defs/")[1:]}
    assert names
    assert names <= set(schema["$defs"])
    for message in async_api()["components"]["messages"].values():
        if message["name"] == "incident":
            continue
        assert message["payload"]["$ref"].rsplit("/", 1)[1] in schema["messages"]


def references(node: Any) -> Iterator[str]:
    """Every `$ref` within."""
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        if key == "$ref":
            yield value
        elif isinstance(value, dict | list):
            yield from references(value)


def test_every_reference_of_the_topics_document_leads_to_something_in_its_file():
    files = {"": async_api(), "contract.schema.json": json_schema()}
    found = list(references(files[""]))
    assert "#/components/schemas/Shelf" in found
    for reference in found:
        file, _, path = reference.partition("#/")
        node = files[file]
        for part in path.split("/"):
            assert part in node, reference
            node = node[part]


def test_every_kind_of_reading_is_in_the_schema():
    tags = {d["properties"]["kind"]["enum"][0] for d in json_schema()["$defs"].values() if "kind" in d.get("properties", {})}
    assert tags == set(KINDS)


def test_what_is_encoded_names_only_what_the_schema_names():
    batch = Batch("a" * 32, 1, "b", 0, 1, 1, 5, records=[Record(1, "reader-1", 5, CardRead(bits=26, facility=1, number=2))])
    shown = msgspec.json.decode(encode(batch))
    defs = json_schema()["$defs"]
    assert set(shown) <= set(defs["Batch"]["properties"])
    assert set(shown["records"][0]) <= set(defs["Record"]["properties"])
    assert set(shown["records"][0]["reading"]) <= set(defs["CardRead"]["properties"])


def test_each_topic_of_the_document_is_one_that_the_parser_knows():
    for leaf, channel in async_api()["channels"].items():
        if leaf == "incident":
            assert channel["address"].format(site="s", number=7) == topics.incident_topic("s", 7)
            continue
        parsed = topics.parse_agent_topic(channel["address"].format(site="s", agent="a"))
        assert parsed is not None
        assert parsed.leaf == leaf


def test_what_is_published_of_an_incident_is_what_the_document_says():
    case = Case(
        case_no=7, kind="incident", detector="tamper", clause="GATE-7", subject="d", device="d", place="p", episode="e",
        priority=2, state="open", opened_us=1, raised_us=2, facts={},
    )  # fmt: skip
    row = ChangeRow(5, 2, "case", "7", "raised", msgspec.json.encode(case).decode())
    shown = change_view("s", row, lambda _: ("防拆", "Tamper"))
    document = incident_message()
    assert set(shown) == set(document["properties"]) == set(document["required"])
    assert set(shown["incident"]) == set(incident_schemas()["Incident"]["properties"])
