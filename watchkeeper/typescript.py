"""The API's models and routes as TypeScript, for the pages in dashboards/. `python -m watchkeeper.schemas` writes them anew."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from hub.api import errors
from hub.api.app import ROUTERS

FILE = Path(__file__).resolve().parents[1] / "dashboards" / "packages" / "api" / "src" / "types.gen.ts"
_HEAD = """\
// Made by `python -m watchkeeper.schemas` from the API: change the models in hub/api, and run it again.

"""
_ROUTES = """\
/** Every route: what its path, query, header and body take, and what it answers. A key that is absent takes nothing. */
export interface Routes {
"""
_SIMPLE = {"string": "string", "integer": "number", "number": "number", "boolean": "boolean", "null": "null"}
Schema = Mapping[str, Any]


def openapi() -> dict[str, Any]:
    """The document of the API, made without a hub."""
    app = FastAPI(separate_input_output_schemas=False)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


def text() -> str:
    """The whole text of FILE."""
    document = openapi()
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    sent = _sent(document)
    parts = [_declared(name, schemas[name], filled=name not in sent) for name in sorted(schemas)]
    routes = [
        _route(method, path, operation)
        for path, methods in sorted(document["paths"].items())
        for method, operation in sorted(methods.items())
    ]
    return _HEAD + "\n".join(parts) + "\n" + _ROUTES + "".join(routes) + "}\n"


def type_of(schema: Schema) -> str:
    """The type of what fits the schema. What is not understood is `unknown`, which a page has to check."""
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "const" in schema or "enum" in schema:
        values = schema.get("enum", [schema.get("const")])
        return " | ".join(json.dumps(value, ensure_ascii=False) for value in values)
    for key, sign in (("anyOf", " | "), ("oneOf", " | "), ("allOf", " & ")):
        if key in schema:
            return sign.join(dict.fromkeys(type_of(one) for one in schema[key]))
    several = {"array": _array, "object": _record}.get(str(schema.get("type")))
    return several(schema) if several else _SIMPLE.get(str(schema.get("type")), "unknown")


def _array(schema: Schema) -> str:
    if "prefixItems" in schema:
        return f"[{', '.join(type_of(one) for one in schema['prefixItems'])}]"
    item = type_of(schema.get("items", {}))
    return f"({item})[]" if " " in item else f"{item}[]"


def _record(schema: Schema) -> str:
    if "properties" in schema:
        return f"{{ {' '.join(_fields(schema, filled=False))} }}"
    values = schema.get("additionalProperties")
    return f"Record<string, {type_of(values) if isinstance(values, dict) else 'unknown'}>"


def _fields(schema: Schema, *, filled: bool) -> Iterator[str]:
    required = schema.get("required", ())
    for name, field in schema.get("properties", {}).items():
        yield f"{_key(name)}{'' if filled or name in required else '?'}: {type_of(field)};"


def _declared(name: str, schema: Schema, *, filled: bool) -> str:
    """One exported type. `filled`: the hub always sends every field; in what it takes, those with a default may be left out."""
    if schema.get("type") != "object" or "properties" not in schema:
        return f"{_said(schema)}export type {name} = {type_of(schema)};\n"
    fields = zip(schema["properties"].values(), _fields(schema, filled=filled), strict=True)
    body = "".join(f"{_said(field, '  ')}  {line}\n" for field, line in fields)
    return f"{_said(schema)}export interface {name} {{\n{body}}}\n"


def _route(method: str, path: str, operation: Schema) -> str:
    parts = {}
    for place in ("path", "query", "header"):
        fields = [
            f"{_key(one['name'])}{'' if one.get('required') else '?'}: {type_of(one['schema'])}"
            for one in operation.get("parameters", ())
            if one["in"] == place
        ]
        if fields:
            parts[place] = f"{{ {'; '.join(fields)} }}"
    if "requestBody" in operation:
        parts["body"] = _content(operation["requestBody"])
    parts["result"] = next(_content(reply) for status, reply in sorted(operation["responses"].items()) if status < "4")
    inner = "".join(f"    {key}: {value};\n" for key, value in parts.items())
    return f'  /** {operation["summary"]}. */\n  "{method.upper()} {path}": {{\n{inner}  }};\n'


def _content(said: Schema) -> str:
    content = said.get("content", {})
    if not content:
        return "undefined"
    return type_of(content["application/json"]["schema"]) if "application/json" in content else "Blob"


def _sent(document: Schema) -> set[str]:
    """The names of the schemas that requests hold: a page may leave their defaults out."""
    schemas: Mapping[str, Schema] = document["components"]["schemas"]
    bodies = [one.get("requestBody", {}) for methods in document["paths"].values() for one in methods.values()]
    found: set[str] = set()
    waiting = [name for body in bodies for name in _named(body)]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += _named(schemas[name])
    return found


def _named(node: Any) -> list[str]:
    if isinstance(node, dict):
        own = [str(node["$ref"]).rsplit("/", 1)[1]] if isinstance(node.get("$ref"), str) else []
        return own + [name for value in node.values() for name in _named(value)]
    return [name for value in node for name in _named(value)] if isinstance(node, list) else []


def _key(name: str) -> str:
    return name if name.isidentifier() else json.dumps(name)


def _said(schema: Schema, indent: str = "") -> str:
    words = " ".join(str(schema.get("description", "")).split()).replace("*/", "* /")
    return f"{indent}/** {words} */\n" if words else ""
