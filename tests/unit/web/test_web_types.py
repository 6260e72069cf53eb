"""The TypeScript that pages see of the API is what the API is."""

import pytest

from watchkeeper import typescript
from watchkeeper.typescript import openapi, type_of


def test_the_types_have_not_drifted():
    assert typescript.FILE.read_text(encoding="utf-8") == typescript.text(), "run: python -m watchkeeper.schemas"


def test_every_route_and_every_model_has_its_type():
    text, document = typescript.text(), openapi()
    for path, methods in document["paths"].items():
        for method in methods:
            assert f'\n  "{method.upper()} {path}": {{\n' in text
    for name in document["components"]["schemas"]:
        assert f"\nexport interface {name} {{\n" in text or f"\nexport type {name} = " in text


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"$ref": "#/components/schemas/Incident"}, "Incident"),
        ({"enum": ["a", "b"]}, '"a" | "b"'),
        ({"const": 1}, "1"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "number"),
        ({"type": "array", "items": {"anyOf": [{"type": "string"}, {"type": "null"}]}}, "(string | null)[]"),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "integer"}]}, "[string, number]"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "Record<string, number>"),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}, "{ a: string; }"),
        ({}, "unknown"),
    ],
)
def test_a_schema_is_the_type_of_what_fits_it(schema, expected):
    assert type_of(schema) == expected


def test_what_a_request_may_leave_out_is_optional_and_what_the_hub_answers_is_always_there():
    text = typescript.text()
    assert "\n  version?: number | null;\n" in text.split("export interface ActRequest {")[1].split("}")[0]
    assert "?:" not in text.split("export interface AccountView {")[1].split("\n}")[0]
