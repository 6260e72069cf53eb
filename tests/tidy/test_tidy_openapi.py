"""The API's document is one that a stranger can use."""

import pytest
from fastapi import FastAPI

from hub.api import errors
from hub.api.app import ROUTERS, TAGS


@pytest.fixture(scope="module")
def document():
    app = FastAPI(separate_input_output_schemas=False)
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app.openapi()


def operations(document):
    return [
        (f"{method.upper()} {path}", operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]


def test_every_operation_says_what_it_does(document):
    known = {tag["name"] for tag in TAGS}
    for name, operation in operations(document):
        assert operation.get("summary"), name
        assert len(operation.get("description", "")) > 20 or name == "GET /metrics", name
        assert operation.get("tags"), name
        assert set(operation["tags"]) <= known, name


def test_every_tag_is_used(document):
    used = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert used == {tag["name"] for tag in TAGS}


def test_errors_are_problems_everywhere(document):
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            if status.startswith(("4", "5")) and name != "GET /healthz":
                assert errors.MEDIA_TYPE in response["content"], f"{name} {status}"


def test_every_body_refuses_unknown_fields(document):
    wrong = [
        name
        for name, schema in document["components"]["schemas"].items()
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False
    ]
    assert not [name for name in wrong if name not in ("HTTPValidationError", "ValidationError")]


def test_every_schema_is_described(document):
    assert not [
        name
        for name, schema in document["components"]["schemas"].items()
        if not schema.get("description") and name not in ("HTTPValidationError", "ValidationError")
    ]


def test_what_is_written_has_an_example(document):
    for name, operation in operations(document):
        content = operation.get("requestBody", {}).get("content", {}).get("application/json")
        if content is not None:
            schema = document["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[1]]
            assert schema.get("examples"), name


def test_every_error_has_both_languages_and_a_status():
    for reason, (status, chinese, english) in errors.REASONS.items():
        assert 400 <= status < 600, reason
        assert any("\u4e00" <= letter <= "\u9fff" for letter in chinese), reason
        assert english.isascii(), reason


def test_every_field_of_every_model_says_what_it_means(document):
    bare = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if len(said.get("description", "")) < 8 and name not in ("HTTPValidationError", "ValidationError")
    ]
    assert not bare, "write Field(description=…), with the unit, and UTC where it is a time"


def test_a_time_is_told_to_be_utc_and_a_duration_to_be_seconds(document):
    vague = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, said in schema.get("properties", {}).items()
        if (field.endswith("_s") and "second" not in said.get("description", ""))
        or (field.endswith("_at") and not any(word in said.get("description", "") for word in ("UTC", "RFC 3339", "clock")))
    ]
    assert not vague
