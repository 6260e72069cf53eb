"""Signing in, sessions and accounts over real HTTP."""

from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from contract.clock import US_PER_S
from hub.accounts import sessions, signin, throttle
from hub.accounts.secrets import account_key
from hub.accounts.settings import AccountsSettings
from hub.api import live
from tests.support.outward_rig import NAMES, WAIT_S, Site, password_of, running_site, until


@pytest.fixture
def site(tmp_path) -> Iterator[Site]:
    with running_site(tmp_path) as made:
        yield made


def refused(reply, status, code):
    assert reply.status_code == status, reply.text
    body = reply.json()
    assert (body["code"], body["status"]) == (code, status)
    assert body["message_zh"]
    return body


@contextmanager
def browser(site, role="operator", password=None) -> Iterator[httpx.Client]:
    """Signed in by cookie, as a page of the hub's own is."""
    with httpx.Client(base_url=site.outward.url, timeout=WAIT_S, trust_env=False, headers={"Origin": site.outward.url}) as made:
        reply = made.post("/sign-in", json={"name": NAMES[role], "password": password or password_of(role)})
        assert reply.status_code == 200, reply.text
        yield made


def test_signing_in_sets_a_cookie_that_scripts_and_other_sites_do_not_get(site):
    with browser(site) as page:
        told = page.post("/sign-in", json={"name": NAMES["operator"], "password": password_of("operator")})
        cookie = told.headers["set-cookie"]
        for part in ("watchkeeper=", "HttpOnly", "SameSite=strict", "Path=/", "Max-Age="):
            assert part in cookie
        assert "Domain" not in cookie
        me = page.get("/me").json()
        assert (me["name"], me["role"], me["role_zh"], me["kind"]) == ("王芳", "operator", "监控员", "cookie")
        assert "GET /incidents" in me["may"]
        assert "POST /accounts" not in me["may"]
        token = page.cookies["watchkeeper"]
    kept = str(site.rows("session"))
    assert token not in kept, "the database holds a hash alone"


def test_a_name_is_found_in_any_case(site):
    with browser(site, "administrator") as page:
        assert page.post("/sign-in", json={"name": "ＲＯＯＴ", "password": password_of("administrator")}).status_code == 200


def test_a_wrong_name_and_a_wrong_password_are_answered_alike(site):
    with site.client(None) as nobody:
        wrong = [
            nobody.post("/sign-in", json={"name": name, "password": "not the password"})
            for name in ("王芳", "nobody", "root", "local")
        ]
    assert len({reply.text for reply in wrong}) == 1
    refused(wrong[0], 401, "wrong_credentials")
    assert wrong[0].headers["www-authenticate"].startswith("Bearer")
    assert "set-cookie" not in wrong[0].headers


def test_after_some_wrong_tries_even_the_right_one_waits(site):
    with site.client(None) as nobody:
        for _ in range(throttle.BY_NAME.free):
            refused(nobody.post("/sign-in", json={"name": "王芳", "password": "x"}), 401, "wrong_credentials")
        right = {"name": "王芳", "password": password_of("operator")}
        held = nobody.post("/sign-in", json=right)
        refused(held, 429, "too_many_tries")
        assert 1 <= int(held.headers["retry-after"]) <= 2
        nobodys = [nobody.post("/sign-in", json={"name": "nobody", "password": "x"}) for _ in range(throttle.BY_NAME.free + 1)]
        refused(nobodys[-1], 429, "too_many_tries")
        until(lambda: nobody.post("/sign-in", json=right).status_code == 200)
    counted = site.http.get("/metrics").text
    assert "watchkeeper_accounts_sign_ins_wrong_total" in counted
    assert "watchkeeper_accounts_tries_held_back_total" in counted


def test_a_disabled_account_is_told_nothing_more_than_a_wrong_password(site):
    with site.client("administrator") as admin:
        assert admin.patch("/accounts/王芳", json={"disabled": True}).json()["disabled_at"]
    with site.client(None) as nobody:
        refused(nobody.post("/sign-in", json={"name": "王芳", "password": password_of("operator")}), 401, "wrong_credentials")


def test_signing_out_ends_the_session_and_takes_the_cookie_back(site):
    with browser(site) as page:
        token = page.cookies["watchkeeper"]
        assert page.post("/sign-out").json() == {"ended": 1}
        assert "watchkeeper" not in page.cookies
        page.cookies.set("watchkeeper", token)
        refused(page.get("/me"), 401, "not_signed_in")


def test_a_cookie_is_no_bearer_token_and_the_other_way_round(site):
    with browser(site) as page, site.client(None) as nobody:
        refused(nobody.get("/me", headers={"Authorization": f"Bearer {page.cookies['watchkeeper']}"}), 401, "not_signed_in")
        nobody.cookies.set("watchkeeper", site.tokens["operator"])
        refused(nobody.get("/me"), 401, "not_signed_in")
        bad = {"Authorization": "Bearer nonsense"}
        refused(page.get("/me", headers=bad), 401, "not_signed_in")
        refused(nobody.get("/me", headers={"Authorization": "Basic bGk6bGk="}), 401, "not_signed_in")


def test_a_cookie_alone_does_not_write(site):
    """Cross-site requests come with the cookie, or would in an old browser; they do not come with the hub's own origin."""
    number = site.incident()
    act = f"/incidents/{number}/acts/acknowledge"
    with browser(site) as page:
        del page.headers["Origin"]
        refused(page.post(act, json={}), 403, "wrong_origin")
        for strange in ("https://evil.example", "null", site.outward.url.replace("http:", "https:"), site.outward.url + "9"):
            refused(page.post(act, json={}, headers={"Origin": strange}), 403, "wrong_origin")
        refused(page.post(act, json={}, headers={"Sec-Fetch-Site": "same-site"}), 403, "wrong_origin")
        assert page.get(f"/incidents/{number}").json()["incident"]["state"] == "open"
        assert page.post(act, json={}, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 200
        assert page.post(
            f"/incidents/{number}/acts/comment", json={"fields": {"note": "x"}}, headers={"Origin": site.outward.url}
        )
    told = site.http.get(f"/incidents/{number}").json()["timeline"]
    assert [(entry["act"], entry["actor"]) for entry in told][1:] == [("acknowledged", "王芳"), ("commented", "王芳")]


def live_of(site, **headers):
    url = site.outward.url.replace("http", "ws") + "/live"
    return connect(url, proxy=None, additional_headers=headers, open_timeout=WAIT_S, close_timeout=WAIT_S)


def test_a_live_channel_by_cookie_needs_the_hubs_own_origin(site):
    with browser(site) as page:
        cookie = f"watchkeeper={page.cookies['watchkeeper']}"
    for origin in ({}, {"Origin": "https://evil.example"}):
        with pytest.raises(InvalidStatus) as refused_, live_of(site, Cookie=cookie, **origin):
            pass
        assert refused_.value.response.status_code == 403
    with live_of(site, Cookie=cookie, Origin=site.outward.url) as client:
        assert '"snapshot"' in str(client.recv(timeout=WAIT_S))


def hear_out(client) -> None:
    for _ in range(300):  # heartbeats come every 0.1 s
        client.recv(timeout=WAIT_S)


def closes(client) -> int:
    with pytest.raises(ConnectionClosed) as closed:
        hear_out(client)
    assert closed.value.rcvd is not None
    return closed.value.rcvd.code


@pytest.mark.parametrize("how", ["session_ended", "disabled", "other_role", "other_password", "signed_out"])
def test_who_is_thrown_out_is_out_at_once_and_out_of_the_live_channel_soon(site, how, monkeypatch):
    monkeypatch.setattr(live, "RECHECK_S", 0.2)
    monkeypatch.setattr(live, "HEARTBEAT_S", 0.1)
    with browser(site) as page, site.client("administrator") as admin:
        session = page.get("/me").json()["session"]
        cookie = f"watchkeeper={page.cookies['watchkeeper']}"
        with live_of(site, Cookie=cookie, Origin=site.outward.url) as client:
            client.recv(timeout=WAIT_S)
            done = {
                "session_ended": lambda: admin.delete(f"/sessions/{session}"),
                "disabled": lambda: admin.patch("/accounts/王芳", json={"disabled": True}),
                "other_role": lambda: admin.patch("/accounts/王芳", json={"role": "auditor"}),
                "other_password": lambda: admin.patch("/accounts/王芳", json={"password": "four other words"}),
                "signed_out": lambda: page.post("/sign-out"),
            }[how]()
            assert done.status_code == 200, done.text
            page.cookies.set("watchkeeper", cookie.partition("=")[2])
            refused(page.get("/me"), 401, "not_signed_in")
            assert closes(client) == live.SIGNED_OUT
    with site.client("operator") as program:
        # a program's token goes with the account and its role, not with a browser's session or the password
        assert program.get("/me").status_code == (401 if how in ("disabled", "other_role") else 200)


def test_what_another_program_has_ended_is_dead_within_seconds(site, monkeypatch):
    """As `watchkeeper admin` does it: beside the hub, in the database."""
    assert sessions.REMEMBERED_S + live.RECHECK_S + live.SEND_S < 60, "dead within a minute, whatever happens"
    monkeypatch.setattr(sessions, "REMEMBERED_S", 0.2)
    with browser(site) as page:
        assert page.get("/me").status_code == 200
        with site.engine.begin() as connection:
            connection.exec_driver_sql("UPDATE account SET disabled_us = 1 WHERE name = '王芳'")
        until(lambda: page.get("/me").status_code == 401)


def test_a_session_ends_when_it_was_idle_and_in_any_case_in_the_end(tmp_path):
    settings = AccountsSettings(idle_minutes=10, session_hours=1)
    with running_site(tmp_path, accounts=settings) as site, browser(site) as page:
        book, minute = site.outward.accounts.sessions, 60 * US_PER_S
        digest = next(row.digest for row in site.rows("session") if row.kind == "cookie")
        began_us = site.rows("session")[0].created_us
        now_us = next(row.created_us for row in site.rows("session") if row.kind == "cookie")
        assert book.find(digest, now_us + 10 * minute - 1) is not None, "and that is use"
        assert book.find(digest, now_us + 20 * minute - 2) is not None
        assert book.find(digest, now_us + 30 * minute) is None
        for step in range(5, 60, 5):
            book.forget()
            with site.engine.begin() as connection:
                connection.exec_driver_sql("UPDATE session SET used_us = ?", (now_us + step * minute,))
            assert book.find(digest, now_us + step * minute + 1) is not None
        assert book.find(digest, now_us + 60 * minute - 1) is not None
        assert book.find(digest, now_us + 60 * minute) is None
        assert page.get("/me").status_code == 200
        assert began_us <= now_us


def test_a_request_notes_that_the_session_is_used(site, monkeypatch):
    monkeypatch.setattr(sessions, "TOUCH_S", 0)
    with browser(site) as page:
        before = next(row for row in site.rows("session") if row.kind == "cookie")
        page.get("/me")
        until(lambda: next(row for row in site.rows("session") if row.kind == "cookie").used_us > before.used_us)


def test_changing_the_own_password_ends_the_other_sessions_and_not_the_own(site):
    with browser(site) as here, browser(site) as there:
        new = {"old": password_of("operator"), "new": "five other words of mine"}
        refused(here.post("/me/password", json=new | {"old": "wrong"}), 403, "wrong_password")
        refused(here.post("/me/password", json=new | {"new": "short"}), 422, "weak_password")
        assert here.post("/me/password", json=new).json() == {"ended": 1}
        assert here.get("/me").status_code == 200
        refused(there.get("/me"), 401, "not_signed_in")
    with browser(site, password="five other words of mine"), site.client("operator") as program:
        assert program.get("/me").status_code == 200, "tokens stay"


def test_the_present_password_is_guessed_as_slowly_as_at_the_door(site):
    with browser(site) as page:
        asked = {"old": "wrong", "new": "five other words of mine"}
        for _ in range(throttle.BY_NAME.free):
            refused(page.post("/me/password", json=asked), 403, "wrong_password")
        refused(page.post("/me/password", json=asked), 429, "too_many_tries")


def test_one_sees_and_ends_ones_own_sessions_and_nobody_elses(site):
    with browser(site) as page, browser(site, "guard") as other, site.client("administrator") as admin:
        mine = page.get("/sessions").json()["sessions"]
        assert [one["kind"] for one in mine] == ["cookie", "token"]
        assert [one["own"] for one in mine] == [True, False]
        theirs = other.get("/me").json()["session"]
        refused(page.delete(f"/sessions/{theirs}"), 404, "unknown_session")
        refused(page.get("/sessions", params={"account": "张三"}), 404, "unknown_account")
        assert other.get("/me").status_code == 200
        assert page.delete(f"/sessions/{mine[1]['session']}").json() == {"ended": 1}
        with site.client("operator") as program:
            refused(program.get("/me"), 401, "not_signed_in")
        assert {one["account"] for one in admin.get("/sessions", params={"account": "张三"}).json()["sessions"]} == {"张三"}
        assert admin.delete(f"/sessions/{theirs}").json() == {"ended": 1}
        refused(other.get("/me"), 401, "not_signed_in")


def test_an_account_has_no_more_sign_ins_than_its_limit(site, monkeypatch):
    monkeypatch.setattr(signin.register, "SIGN_INS_MAX", 2)
    with browser(site) as first, browser(site) as second, browser(site) as third:
        refused(first.get("/me"), 401, "not_signed_in")
        assert second.get("/me").status_code == third.get("/me").status_code == 200


def test_the_list_of_accounts_says_who_is_signed_in_and_when_they_were_seen_last(site):
    with site.client("administrator") as admin, browser(site):
        found = {one["name"]: one for one in admin.get("/accounts").json()["accounts"]}
        assert (found["王芳"]["sign_ins"], found["王芳"]["tokens"]) == (1, 1)
        sessions = admin.get("/sessions", params={"account": "王芳"}).json()["sessions"]
        assert found["王芳"]["used_at"] == max(one["used_at"] for one in sessions)
        made = admin.post("/accounts", json={"name": "Zhang Wei", "role": "guard", "password": "four words for him"}).json()
        assert (made["sign_ins"], made["tokens"], made["used_at"]) == (0, 0, None)


def test_a_page_learns_that_there_is_no_provider_before_anybody_signed_in(site):
    with site.client(None) as nobody:
        assert nobody.get("/sign-in").json() == {"oidc": False}


def test_an_administrator_makes_changes_and_disables_accounts(site):
    with site.client("administrator") as admin:
        made = admin.post("/accounts", json={"name": "Zhang Wei", "role": "guard", "password": "four words for him"})
        assert made.status_code == 201, made.text
        assert (made.json()["account"], made.json()["has_password"]) == ("zhang wei", True)
        refused(admin.post("/accounts", json={"name": "ZHANG WEI", "role": "desk"}), 409, "account_exists")
        refused(admin.post("/accounts", json={"name": "hub", "role": "desk"}), 409, "account_exists")
        refused(admin.post("/accounts", json={"name": "a/b", "role": "desk"}), 422, "wrong_name")
        refused(admin.post("/accounts", json={"name": "x", "role": "king"}), 422, "wrong_request")
        refused(admin.post("/accounts", json={"name": "x", "role": "desk", "site": "other"}), 422, "wrong_request")
        refused(admin.post("/accounts", json={"name": "x", "role": "desk", "password": "short"}), 422, "weak_password")
        refused(admin.patch("/accounts/nobody", json={"role": "desk"}), 404, "unknown_account")
        assert admin.patch("/accounts/Zhang Wei", json={"role": "shift_leader"}).json()["role"] == "shift_leader"
        assert admin.patch("/accounts/zhang wei", json={"disabled": True}).json()["disabled_at"]
        assert admin.patch("/accounts/zhang wei", json={"disabled": False}).json()["disabled_at"] is None
        names = [one["name"] for one in admin.get("/accounts").json()["accounts"]]
        assert set(NAMES.values()) | {"Zhang Wei"} == set(names)
        assert "argon2" not in admin.get("/accounts").text


def test_the_last_administrator_stays_one(site):
    with site.client("administrator") as admin:
        for change in ({"role": "desk"}, {"disabled": True}):
            refused(admin.patch("/accounts/root", json=change), 409, "last_administrator")
        admin.post("/accounts", json={"name": "second", "role": "administrator", "password": "four words for you"})
        assert admin.patch("/accounts/root", json={"role": "desk"}).status_code == 200


def test_a_programs_token_is_told_once_and_does_what_the_role_may(site):
    with site.client("administrator") as admin:
        assert admin.post("/accounts", json={"name": "wall", "role": "auditor"}).json()["has_password"] is False
        made = admin.post("/accounts/wall/tokens", json={"label": "wall display", "days": 90})
        assert made.status_code == 201, made.text
        refused(admin.post("/accounts/nobody/tokens", json={"label": "x", "days": 1}), 404, "unknown_account")
        refused(admin.post("/accounts/wall/tokens", json={"label": "x", "days": 2_000}), 422, "wrong_days_of_token")
        refused(admin.post("/accounts/local/tokens", json={"label": "x", "days": 1}), 404, "unknown_account")
        told = made.json()
        assert (told["session"]["label"], told["session"]["kind"]) == ("wall display", "token")
        assert told["token"] not in admin.get("/sessions", params={"account": "wall"}).text
        program = {"Authorization": f"Bearer {told['token']}"}
        with site.client(None) as wall:
            assert wall.get("/incidents", headers=program).status_code == 200
            refused(wall.post("/tags", headers=program, json={}), 403, "not_permitted")
            refused(wall.post("/sign-in", json={"name": "wall", "password": ""}), 401, "wrong_credentials")
            refused(wall.post("/me/password", headers=program, json={"old": "", "new": "five other words"}), 409, "no_password")


def test_requests_are_counted_by_account_and_by_address(site, monkeypatch):
    accounts = site.outward.accounts
    accounts.by_account._rate = throttle.Rate(per_s=0.001, at_once=3)
    accounts.by_address._rate = throttle.Rate(per_s=0.001, at_once=2)
    with site.client("operator") as one, site.client("guard") as another, site.client(None) as nobody:
        assert [one.get("/me").status_code for _ in range(4)] == [200, 200, 200, 429]
        assert another.get("/me").status_code == 200
        statuses = [nobody.get("/healthz").status_code for _ in range(3)]
        assert statuses == [200, 200, 429]
        over = nobody.get("/healthz")
        refused(over, 429, "too_many_requests")
        assert int(over.headers["retry-after"]) > 2
        asked: list[str] = []
        monkeypatch.setattr(accounts.sessions, "find", lambda digest, _: asked.append(digest))
        made_up = {"Authorization": f"Bearer {'x' * 43}"}
        refused(nobody.get("/healthz", headers=made_up), 429, "too_many_requests")
        assert asked == [], "no query for what an address makes up that has asked too often"
    assert accounts.counters["over_rate_by_account"] == 1
    assert accounts.counters["over_rate_by_address"] == 3


def test_who_has_not_signed_in_learns_that_the_hub_lives_and_no_more(site):
    with site.client(None) as nobody, site.client("guard") as guard:
        for somebody in (nobody, guard):
            told = somebody.get("/healthz").json()
            assert told == {"ready": True, "state": "well", "zh": "正常", "en": "well", "site": "", "checks": {}, "channels": []}
        site.broker.connected = False
        assert nobody.get("/healthz").status_code == 503
    assert site.http.get("/healthz").json()["checks"]["broker"]["reason"] == "not_connected"


def test_an_answer_may_be_neither_kept_nor_framed_nor_run(site):
    headers = site.http.get("/incidents").headers
    assert headers["cache-control"] == "no-store"
    assert headers["content-security-policy"] == "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_documents_page_runs_its_own_script_and_no_other(site):
    with site.client(None) as nobody:
        policy = nobody.get("/docs").headers["content-security-policy"]
    assert "script-src 'self' 'sha256-" in policy
    assert "'unsafe-inline'" not in policy.partition("style-src")[0]
    assert "frame-ancestors 'none'" in policy


def test_a_database_that_cannot_be_read_lets_nobody_in(site, monkeypatch):
    site.outward.accounts.sessions.forget()
    with site.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE session RENAME TO session_gone")
    refused(site.http.get("/incidents"), 503, "database_failed")


def test_keys_of_the_tests_accounts_are_their_names():
    assert {account_key(name) for name in NAMES.values()} == set(NAMES.values())
