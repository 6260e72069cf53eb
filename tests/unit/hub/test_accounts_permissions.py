"""The table of permissions is what the application has and does, route by route and role by role."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from starlette.routing import Mount, Route, WebSocketRoute
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from hub.accounts.permissions import ANYONE, LIVE, PERMISSIONS, ROLES, may, may_by_phone
from hub.api import accounts as account_routes
from hub.api.app import ROUTERS, build_api
from hub.api.body import BodyLimit
from hub.api.gatekeeper import Gatekeeper, known_routes
from hub.api.guard import Guard
from hub.api.pages import APPS
from tests.support.outward_rig import WAIT_S, Site, running_site

HTTP = [row for row in PERMISSIONS if row[0] != LIVE]
PAGES = {"/docs", "/openapi.json", "/static-offline-docs", "/"}
PAGES |= {f"/{app}{path}" for app in APPS for path in ("", "/{path:path}")}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Site]:
    with running_site(tmp_path_factory.mktemp("site")) as made:
        yield made


def of_the_document(site) -> set[tuple[str, str]]:
    paths = site.http.get("/openapi.json").json()["paths"]
    plain = {(method.upper(), path) for path, methods in paths.items() for method in methods}
    # the document does not say that a parameter may hold slashes
    return {(method, "/duties/windows/{window:path}" if path == "/duties/windows/{window}" else path) for method, path in plain}


def of_the_application(site) -> set[tuple[str, str]]:
    app: FastAPI = site.outward.server._app
    found = set()
    for route in [*app.routes, *(route for router in ROUTERS for route in router.routes)]:
        if isinstance(route, WebSocketRoute):
            found.add((LIVE, route.path))
        elif isinstance(route, Mount):
            found.add(("GET", route.path))
        elif isinstance(route, Route):
            found |= {(method, route.path) for method in route.methods or () if method != "HEAD"}
    return found


def test_every_route_has_a_row_and_every_row_has_a_route(site):
    live = {(LIVE, route.path) for router in ROUTERS for route in router.routes if isinstance(route, WebSocketRoute)}
    assert of_the_document(site) | live | {("GET", page) for page in PAGES} == set(PERMISSIONS)
    assert of_the_application(site) | {("GET", "/docs")} == set(PERMISSIONS)


def test_a_route_without_a_row_is_reached_by_nobody(site):
    row = ("GET", "/policy")
    kept = PERMISSIONS[row]
    try:
        del PERMISSIONS[row]  # type: ignore[attr-defined]
        for role in (*ROLES, None):
            with site.client(role) as somebody:
                assert somebody.get("/policy").status_code == 404
    finally:
        PERMISSIONS[row] = kept  # type: ignore[index]
    assert site.http.get("/policy").status_code == 200


def test_what_everybody_may_is_what_is_needed_before_signing_in():
    assert {row for row, roles in PERMISSIONS.items() if roles == ANYONE} == {
        ("POST", "/sign-in"), ("GET", "/oidc/begin"), ("GET", "/oidc/callback"), ("GET", "/healthz"),
        ("POST", "/agents/{agent}/pictures/{picture}"), ("POST", "/agents/{agent}/live/{order}/{age_ms}"), ("POST", "/enrol"),
            ("POST", "/agents/{agent}/footage/{order}"),
        ("GET", "/agents/{agent}/permits/{epoch}/{no}/{part}"),
        ("POST", "/visit-links/show"), ("POST", "/visit-links/answer"), ("POST", "/visit-links/pass"),
        ("POST", "/visit-links/own"),
        ("POST", "/resident-links/show"), ("POST", "/resident-links/register"), ("POST", "/resident-links/cancel"),
        ("POST", "/resident-links/pass"),
        ("GET", "/docs"), ("GET", "/openapi.json"), ("GET", "/static-offline-docs"),
        ("GET", "/"), ("GET", "/console"), ("GET", "/console/{path:path}"), ("GET", "/sign-in"),
        ("GET", "/resident"), ("GET", "/resident/{path:path}"),
    }  # fmt: skip
    assert not [row for row, roles in PERMISSIONS.items() if not roles or (roles > ANYONE)]


def test_an_auditor_changes_nothing_but_the_own_sessions_and_erases_people_from_the_audit_log():
    writes = {row for row, roles in PERMISSIONS.items() if row[0] not in ("GET", LIVE) and "auditor" in roles}
    own = {("POST", "/sign-out"), ("POST", "/me/password"), ("DELETE", "/sessions/{session}")}
    assert writes == own | {("POST", "/audit/people/{person}/erase")}


@pytest.mark.parametrize(
    ("role", "method", "template"),
    [
        ("guard", "POST", "/devices/{device}/commands"),
        ("guard", "GET", "/duties/scans"),
        ("guard", "GET", "/pictures/{picture}"),
        ("desk", "GET", "/incidents"),
        ("auditor", "POST", "/scans"),
        ("administrator", "POST", "/devices/{device}/commands"),
        ("administrator", "POST", "/incidents/{no}/acts/{act}"),
        ("administrator", "GET", "/pictures/{picture}"),
        ("administrator", "POST", "/incidents/acts/{act}"),
        ("administrator", "POST", "/alarms/maintenance"),
        ("operator", "POST", "/alarms/maintenance"),
        ("operator", "POST", "/alarms/maintenance/{window}/end"),
        ("guard", "POST", "/alarms/silence"),
        ("guard", "GET", "/alarms/kpi"),
        ("manager", "POST", "/accounts"),
        ("manager", "GET", "/no/such/route"),
    ],
)
def test_some_things_are_for_other_people(role, method, template):
    assert not may(role, method, template)


def test_guards_phones_send_by_their_own_token_alone():
    assert may_by_phone("guard", "POST", "/phone/outbox")
    assert not any(may(role, "POST", "/phone/outbox") for role in ROLES)
    phones_only = [row for row, roles in PERMISSIONS.items() if "phone" in roles and not may_by_phone("guard", *row)]
    assert not phones_only, "a guard's phone opens what names phones, as far as the guard may"
    assert not may_by_phone("guard", "GET", "/me")


def asked(client, method, template):
    """A request of that route for things that are not there, so that nothing is done. Sign-out comes with another token."""
    path = re.sub(r"\{[^}]+\}", "0", template)
    if template == "/static-offline-docs":
        path += "/swagger-ui.css"
    return client.request(method, path, json=None if method in ("GET", "DELETE") else {"no": "such field"})


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
def test_a_role_gets_through_where_its_row_says_so_and_nowhere_else(site, role, monkeypatch):
    monkeypatch.setattr(account_routes, "_end", lambda *_: True)  # so that signing out leaves the token
    wrong = []
    with site.client(role) as somebody:
        for method, template in HTTP:
            reply = asked(somebody, method, template)
            expected = bool({"anyone", role} & PERMISSIONS[method, template])
            if expected:
                refused = reply.status_code in (401, 403) and reply.json()["code"] in ("not_signed_in", "not_permitted")
                if refused or (reply.status_code in (401, 403, 405) and "agents" not in template):
                    wrong.append((method, template, reply.text))
            elif (reply.status_code, reply.json()["code"]) != (
                (401, "not_signed_in") if role is None else (403, "not_permitted")
            ):
                wrong.append((method, template, reply.text))
    assert not wrong


@pytest.mark.parametrize("role", [*ROLES, None], ids=str)
def test_the_live_channel_opens_for_who_may_see_it_and_for_nobody_else(site, role):
    url = site.outward.url.replace("http", "ws") + "/live"
    headers = {} if role is None else {"Authorization": f"Bearer {site.tokens[role]}"}
    if role in PERMISSIONS[LIVE, "/live"]:
        with connect(url, proxy=None, additional_headers=headers, open_timeout=WAIT_S) as client:
            assert '"snapshot"' in str(client.recv(timeout=WAIT_S))
        return
    with pytest.raises(InvalidStatus) as refused, connect(url, proxy=None, additional_headers=headers, open_timeout=WAIT_S):
        pass
    assert refused.value.response.status_code == (401 if role is None else 403)
    assert b"not_signed_in" in refused.value.response.body if role is None else b"not_permitted" in refused.value.response.body


def test_the_gatekeeper_takes_a_path_for_the_route_that_the_application_takes_it_for(site):
    routes = known_routes([route for router in ROUTERS for route in router.routes])
    for method, path, template in (
        ("GET", "/incidents/summary", "/incidents/summary"),
        ("GET", "/incidents/7", "/incidents/{no}"),
        ("POST", "/incidents/acts/close", "/incidents/acts/{act}"),
        ("POST", "/incidents/7/acts/close", "/incidents/{no}/acts/{act}"),
        ("GET", "/tags/sheet.pdf", "/tags/sheet.pdf"),
        ("GET", "/duties/windows/a/b/c", "/duties/windows/{window:path}"),
        ("GET", "/reports/patrol/2026-01-01.csv", "/reports/patrol/{day}.csv"),
    ):
        assert next(one.template for one in routes if one.pattern.match(path) and method in one.methods) == template


def test_a_route_that_the_gatekeeper_took_for_another_one_does_not_run(site, monkeypatch):
    """As if its patterns and the application's had come to differ."""
    with site.client("guard") as guard:
        assert guard.get("/policy").status_code == 200
        monkeypatch.setattr(Gatekeeper, "_template", lambda *_: "/policy")
        assert guard.get("/policy").status_code == 200
        for path in ("/accounts", "/incidents/1", "/metrics"):
            assert guard.get(path).status_code == 404


def test_an_application_is_not_built_around_the_gatekeeper(site):
    """What the table refuses is refused before the application looks at the request: also a body that is no JSON."""
    app = build_api(site.outward.server._app.state.backend)
    order: list[object] = [one.cls for one in app.user_middleware]
    assert order == [Guard, Gatekeeper, BodyLimit]
    with site.client(None) as nobody:
        assert nobody.post("/tags", content=b"{", headers={"Content-Type": "application/json"}).status_code == 401
