"""Who may do what: one row a route. What has no row is not reached by anybody.

A test holds the table to the routes that the application has: every route has a row, every row has a route.
"""

from collections.abc import Mapping
from typing import Literal, get_args

Role = Literal["operator", "shift_leader", "guard", "desk", "manager", "administrator", "auditor"]
ROLES: tuple[Role, ...] = get_args(Role)
ROLE_NAMES: Mapping[Role, tuple[str, str]] = {
    "operator": ("监控员", "operator"),
    "shift_leader": ("班长", "shift leader"),
    "guard": ("保安员", "guard"),
    "desk": ("客服", "service desk"),
    "manager": ("经理", "manager"),
    "administrator": ("管理员", "administrator"),
    "auditor": ("审计员", "auditor"),
}
PHONE_NAME = ("手机令牌", "phone's token")

Roles = frozenset[str]
ANYONE: Roles = frozenset(("anyone",))
"""Also somebody who has not signed in."""
ALL: Roles = frozenset(ROLES)
WATCH: Roles = frozenset(("operator", "shift_leader", "manager", "administrator", "auditor"))
"""Who sees what the monitoring room sees."""
EYES = WATCH - {"administrator"}
"""Who sees people: pictures. Running the hub is no reason to."""
ACT: Roles = frozenset(("operator", "shift_leader", "manager", "guard"))
"""Who acts on incidents; the workflow says who does which act."""
ROOM: Roles = frozenset(("operator", "shift_leader", "manager"))
"""Who has devices do something, and turns the sound off."""
IN_CHARGE: Roles = frozenset(("shift_leader", "manager"))
"""Who has alarms held back, so that they call nobody."""
LEAD: Roles = frozenset(("shift_leader", "manager", "administrator"))
"""Who sets up rounds and people's shifts."""
REPORT = ALL - {"auditor"}
PHONE: Roles = frozenset(("phone",))
"""A guard's phone, by its own token and by nothing else. Beside roles: a phone too, where its guard has one of them."""
CARRY: Roles = frozenset(("guard", "shift_leader"))
"""Who carries a phone on duty."""
MANAGE: Roles = frozenset(("manager",))
"""Who edits emergency plans, approves their reviews, and tells residents."""
DESK: Roles = frozenset(("desk",))
TELEPHONE = ROOM | {"desk"}
"""Who answers the phone, and so needs numbers."""
GATE = TELEPHONE | {"guard"}
"""Who registers visitors. Running the hub is no reason to see who comes."""
KEEP: Roles = frozenset(("manager", "administrator"))
ADMIN: Roles = frozenset(("administrator",))
PERMITS_READ = TELEPHONE | KEEP | {"auditor"}
"""Who looks up whose permit it is."""
PERMITS_WRITE = KEEP | DESK
"""Who gives permits to people."""
CHECK = ADMIN | {"auditor"}
OVERSEE: Roles = frozenset(("manager", "auditor"))
"""Who sees who has looked at footage."""

LIVE = "LIVE"
"""The method of a live channel's row."""

# fmt: off
PERMISSIONS: Mapping[tuple[str, str], Roles] = {
    # signing in, and one's own account
    ("POST", "/sign-in"): ANYONE,
    ("GET", "/sign-in"): ANYONE,
    ("GET", "/oidc/begin"): ANYONE,
    ("GET", "/oidc/callback"): ANYONE,
    ("POST", "/sign-out"): ALL,
    ("GET", "/me"): ALL,
    ("POST", "/me/password"): ALL,
    ("GET", "/sessions"): ALL,  # one's own; an administrator's and an auditor's view of all is by `account`
    ("DELETE", "/sessions/{session}"): ALL,  # one's own; an administrator's: anybody's
    # others' accounts
    ("GET", "/accounts"): CHECK,
    ("POST", "/accounts"): ADMIN,
    ("PATCH", "/accounts/{account}"): ADMIN,
    ("POST", "/accounts/{account}/tokens"): ADMIN,
    # incidents
    ("GET", "/incidents"): WATCH | ACT,
    ("GET", "/incidents/summary"): WATCH | ACT,
    ("GET", "/incidents/{no}"): WATCH | ACT,
    ("POST", "/incidents/{no}/acts/{act}"): ACT,
    ("POST", "/incidents/acts/{act}"): ACT,
    ("GET", "/incidents/{no}/guards"): ROOM,
    ("POST", "/incidents/{no}/dispatch"): ROOM,
    (LIVE, "/live"): WATCH | DESK,  # HEARS says which topics
    # emergencies
    ("POST", "/incidents"): ROOM | DESK,
    ("GET", "/plans"): WATCH | ACT | DESK,
    ("GET", "/plans/{plan}"): WATCH | ACT | DESK,
    ("PUT", "/plans/{plan}"): MANAGE,
    ("GET", "/incidents/{no}/plan"): WATCH | ACT,
    ("POST", "/incidents/{no}/plan"): ROOM,
    ("POST", "/incidents/{no}/plan/steps/{step}"): ACT,
    ("POST", "/incidents/{no}/plan/told"): ROOM,
    ("PUT", "/incidents/{no}/plan/review"): IN_CHARGE,
    ("POST", "/incidents/{no}/plan/review/approve"): MANAGE,
    ("PUT", "/incidents/{no}/plan/notice"): IN_CHARGE,
    ("POST", "/incidents/{no}/plan/notice"): MANAGE,
    ("GET", "/plan-runs"): WATCH,
    # alarms
    ("GET", "/alarms"): WATCH | ACT,
    ("GET", "/alarms/floods"): WATCH | ACT,
    ("POST", "/alarms/silence"): ROOM,
    ("GET", "/alarms/maintenance"): WATCH | ACT,
    ("POST", "/alarms/maintenance"): IN_CHARGE,
    ("POST", "/alarms/maintenance/{window}/end"): IN_CHARGE,
    ("GET", "/alarms/kpi"): WATCH,
    ("GET", "/alarms/detectors"): WATCH,
    # devices
    ("GET", "/devices"): WATCH | DESK,
    ("GET", "/devices/{device}"): WATCH | DESK,
    ("GET", "/agents"): WATCH,
    # agents become known
    ("GET", "/agents/keys"): CHECK,
    ("POST", "/agents/{agent}/enrolment"): ADMIN,
    ("POST", "/agents/{agent}/revoke"): ADMIN,
    ("POST", "/enrol"): ANYONE,  # agents have no accounts: the route takes a one-time token
    ("GET", "/events"): WATCH,
    ("GET", "/quarantine"): WATCH,
    ("POST", "/devices/{device}/commands"): ROOM,
    ("GET", "/commands"): WATCH,
    ("GET", "/commands/{command}"): WATCH,
    ("POST", "/devices/{device}/snapshots"): ROOM,
    # pictures
    ("GET", "/pictures/{picture}"): EYES,
    ("POST", "/agents/{agent}/pictures/{picture}"): ANYONE,  # agents have no accounts: the route checks the agent's MAC
    ("GET", "/cameras/{device}/picture"): EYES,
    ("POST", "/agents/{agent}/live/{order}/{age_ms}"): ANYONE,  # likewise
    # footage: who looks says why, and stands in the register
    ("POST", "/footage/views"): ROOM,
    ("GET", "/footage/play/{token}/{camera}.m3u8"): ROOM,
    ("GET", "/footage/play/{token}/{camera}/{stream}/{name}"): ROOM,
    ("DELETE", "/footage/play/{token}"): ROOM,
    ("GET", "/footage/register"): OVERSEE,
    ("GET", "/footage/register.csv"): OVERSEE,
    ("GET", "/footage/exports"): IN_CHARGE | {"auditor"},
    ("POST", "/footage/exports"): IN_CHARGE,
    ("GET", "/footage/exports/{export}"): IN_CHARGE | {"auditor"},
    ("POST", "/footage/exports/{export}/cancel"): IN_CHARGE,
    ("POST", "/footage/exports/{export}/download"): IN_CHARGE,
    ("GET", "/footage/downloads/{token}"): IN_CHARGE,
    ("POST", "/agents/{agent}/footage/{order}"): ANYONE,  # agents have no accounts: the route checks the agent's MAC
    # tags
    ("GET", "/tags"): WATCH,
    ("GET", "/tags/sheet.pdf"): LEAD,
    ("POST", "/tags"): LEAD,
    ("POST", "/tags/{tag}/replace"): LEAD,
    ("POST", "/tags/{tag}/revoke"): LEAD,
    # duties
    ("POST", "/scans"): REPORT,
    ("GET", "/duties"): ALL,
    ("GET", "/duties/windows"): ALL,
    ("GET", "/duties/windows/{window:path}"): WATCH,  # it names who was where
    ("GET", "/duties/scans"): WATCH,
    ("GET", "/roster"): ALL,
    ("GET", "/roster/staff"): ALL,
    ("POST", "/roster"): LEAD,
    ("DELETE", "/roster"): LEAD,
    ("GET", "/occasions"): ALL,
    ("POST", "/occasions"): LEAD | ROOM,
    ("DELETE", "/occasions/{occasion}"): LEAD | ROOM,
    # guards' phones
    ("GET", "/phones"): LEAD,
    ("POST", "/phones/{phone}/bind"): CARRY,
    ("POST", "/phones/{phone}/revoke"): LEAD,
    ("GET", "/phone/shift"): PHONE,
    ("POST", "/phone/outbox"): PHONE,
    ("GET", "/phone/refused"): PHONE,
    ("GET", "/phone/push-key"): PHONE,
    ("PUT", "/phone/push"): PHONE,
    ("DELETE", "/phone/push"): PHONE,
    ("POST", "/phone/media"): PHONE,
    ("GET", "/phone/media/{media_name}"): PHONE,
    ("PATCH", "/phone/media/{media_name}"): PHONE,
    ("POST", "/phone/leave"): PHONE,
    # reports
    ("GET", "/reports/compliance"): WATCH,
    ("GET", "/reports/unvisited"): WATCH,
    ("GET", "/reports/heatmap"): WATCH,
    ("GET", "/reports/heatmap.csv"): WATCH,
    ("GET", "/reports/patrol/{day}.pdf"): WATCH,
    ("GET", "/reports/patrol/{day}.csv"): WATCH,
    # the duty desk
    ("GET", "/duty/check-in"): WATCH,
    ("POST", "/duty/check-in"): ROOM,
    ("GET", "/duty/records"): WATCH,
    ("GET", "/duty/records/draft"): WATCH,
    ("POST", "/duty/records"): ACT,
    ("GET", "/duty/kpi"): WATCH,
    ("GET", "/handovers"): WATCH | ACT,
    ("POST", "/handovers"): ACT,
    ("GET", "/handovers/{handover}"): WATCH | ACT,
    ("POST", "/handovers/{handover}/join"): ACT,
    ("POST", "/handovers/{handover}/items/{item}/accept"): ACT,
    ("POST", "/handovers/{handover}/items/{item}/reject"): ACT,
    ("POST", "/handovers/{handover}/sign"): ACT,
    ("POST", "/handovers/{handover}/cancel"): ACT,
    # permits
    ("GET", "/access/households"): PERMITS_READ | {"guard"},  # a guard: by the door, with a reason, and so often an hour
    ("GET", "/access/holders"): PERMITS_READ,
    ("GET", "/access/permits"): PERMITS_READ,
    ("GET", "/access/credentials"): PERMITS_READ,
    ("GET", "/access/rules"): PERMITS_READ,
    ("GET", "/access/history/{kind}/{id}"): PERMITS_READ,
    ("GET", "/access/tables"): WATCH | DESK,
    ("PUT", "/access/households/{id}"): PERMITS_WRITE,
    ("PUT", "/access/holders/{id}"): PERMITS_WRITE,
    ("PUT", "/access/permits/{id}"): PERMITS_WRITE,
    ("PUT", "/access/groups/{id}"): KEEP,
    ("PUT", "/access/zones/{id}"): KEEP,
    ("PUT", "/access/portals/{id}"): KEEP,
    ("PUT", "/access/schedules/{id}"): KEEP,
    ("POST", "/access/end/{kind}/{id}"): PERMITS_WRITE,  # a rule is taken away by whoever may make it: see the route
    ("POST", "/access/permits/{id}/credentials"): PERMITS_WRITE,
    ("POST", "/access/credentials/{id}/{deed}"): TELEPHONE | KEEP,  # a card is lost at night too
    ("POST", "/access/replacements/{id}"): PERMITS_WRITE,
    ("POST", "/access/import"): PERMITS_WRITE,
    ("GET", "/access/template"): PERMITS_WRITE,
    ("GET", "/access/export"): KEEP,
    ("GET", "/agents/{agent}/permits/{epoch}/{no}/{part}"): ANYONE,  # agents have no accounts: the route checks the agent's MAC
    ("GET", "/keys"): WATCH | ACT,
    ("GET", "/keys/{key}"): WATCH | ACT,
    ("POST", "/keys"): LEAD,
    ("POST", "/keys/{key}/issue"): ACT,
    ("POST", "/keys/{key}/return"): ACT,
    ("POST", "/keys/{key}/mark"): LEAD,
    ("GET", "/calls"): WATCH | TELEPHONE,
    ("POST", "/calls"): TELEPHONE,
    ("POST", "/calls/exchange"): TELEPHONE,  # with a token alone: the route checks it
    ("GET", "/calls/{call}"): TELEPHONE,  # it shows the whole number
    ("POST", "/calls/{call}/notes"): TELEPHONE,
    ("GET", "/places"): ALL,
    # gates
    ("GET", "/gates"): EYES,  # with the last passages
    ("GET", "/passages"): EYES,
    ("POST", "/passages/search"): ROOM,
    ("GET", "/presence"): WATCH,
    ("POST", "/presence/search"): ROOM,
    ("POST", "/presence/correct"): ROOM,
    ("GET", "/reconciliation"): WATCH,
    ("GET", "/watch-list"): EYES,
    ("POST", "/watch-list"): ROOM,
    ("POST", "/watch-list/{watch}/end"): ROOM,
    # footage's keeping
    ("GET", "/footage/holds"): EYES,
    ("POST", "/footage/holds"): ROOM,
    ("POST", "/footage/holds/{hold}/release"): ROOM,  # another's takes a second person
    ("GET", "/footage/sweep"): WATCH,
    ("POST", "/footage/sweep/confirm"): MANAGE,
    ("POST", "/footage/days/confirm"): KEEP,  # two of them
    ("GET", "/footage/proof"): WATCH,
    # footage: what there is, without a picture
    ("GET", "/footage/cameras"): EYES,
    ("GET", "/footage/{device}/day/{day}"): EYES,
    ("GET", "/footage/{device}/coverage"): EYES,
    ("GET", "/footage/{device}/calendar"): EYES,
    # visits
    ("GET", "/visits"): GATE | PHONE,
    ("POST", "/visits"): GATE | PHONE,
    ("POST", "/visits/search"): GATE,
    ("GET", "/visits/notices"): GATE,
    ("GET", "/visits/export.csv"): IN_CHARGE,
    ("GET", "/visits/{visit}"): GATE | PHONE,
    ("POST", "/visits/{visit}/unmask"): GATE | PHONE,  # with a reason, and so often an hour
    ("POST", "/visits/{visit}/ask"): GATE | PHONE,
    ("POST", "/visits/{visit}/call"): GATE | PHONE,
    ("POST", "/visits/{visit}/acts/{act}"): GATE | PHONE,
    ("GET", "/visits/{visit}/pass.{form}"): GATE,
    ("GET", "/visit-kinds"): GATE | PHONE,
    ("GET", "/visit-spaces"): GATE | PHONE,
    ("PUT", "/visit-spaces/{space}"): LEAD,
    ("DELETE", "/visit-spaces/{space}"): LEAD,
    ("GET", "/visit-routes"): GATE | KEEP | PHONE,
    ("PUT", "/visit-routes/{route}"): LEAD,
    ("DELETE", "/visit-routes/{route}"): LEAD,
    ("GET", "/visit-rules"): GATE | KEEP | PHONE,
    ("PUT", "/visit-rules"): LEAD,
    ("GET", "/deliveries"): GATE | PHONE,
    ("POST", "/deliveries"): GATE | PHONE,
    ("GET", "/deliveries/{delivery}"): GATE | PHONE,
    ("POST", "/deliveries/{delivery}/deeds/{deed}"): GATE | PHONE,
    ("POST", "/visit-links/show"): ANYONE,  # residents have no accounts: the routes take a link's token
    ("POST", "/visit-links/answer"): ANYONE,
    ("POST", "/visit-links/pass"): ANYONE,
    ("POST", "/visit-links/own"): ANYONE,
    ("POST", "/resident-links/show"): ANYONE,
    ("POST", "/resident-links/register"): ANYONE,
    ("POST", "/resident-links/cancel"): ANYONE,
    ("POST", "/resident-links/pass"): ANYONE,
    ("GET", "/residents/{person}/link"): TELEPHONE,
    ("POST", "/residents/{person}/link"): TELEPHONE,
    ("POST", "/residents/{person}/link/revoke"): TELEPHONE,
    # the estate and its plan
    ("GET", "/estate"): WATCH,
    ("PUT", "/estate"): KEEP,
    ("POST", "/estate/check"): KEEP,
    ("POST", "/estate/import"): KEEP,
    ("GET", "/estate/export"): WATCH,
    ("GET", "/estate/versions"): WATCH,
    ("GET", "/estate/versions/{version}"): WATCH,
    ("POST", "/estate/versions/{version}/restore"): KEEP,
    ("GET", "/estate/drawings/{floor}"): WATCH | {"guard"} | PHONE,
    ("PUT", "/estate/drawings/{floor}"): KEEP,
    ("DELETE", "/estate/drawings/{floor}"): KEEP,
    # the audit log
    ("GET", "/audit"): CHECK,  # an auditor alone sees who people are
    ("GET", "/audit/heads"): CHECK,
    ("GET", "/audit/{no}"): CHECK,
    ("POST", "/audit/people/{person}/erase"): CHECK,
    # the hub itself
    ("GET", "/dead-letters"): WATCH,
    ("POST", "/dead-letters/{reader}/{pos}/retry"): KEEP,
    ("GET", "/healthz"): ANYONE,  # whether it lives; the detail only for who may see /metrics
    ("GET", "/metrics"): WATCH,
    ("GET", "/policy"): ALL,
    # the document of the API names no estate, and is where a browser can sign in
    ("GET", "/docs"): ANYONE,
    ("GET", "/openapi.json"): ANYONE,
    ("GET", "/static-offline-docs"): ANYONE,
    # so do the pages: they show nothing before one has signed in
    ("GET", "/"): ANYONE,
    ("GET", "/console"): ANYONE,
    ("GET", "/console/{path:path}"): ANYONE,
    ("GET", "/resident"): ANYONE,
    ("GET", "/resident/{path:path}"): ANYONE,
}
# fmt: on

HEARS: Mapping[str, Roles] = {"desk": frozenset(("visit", "delivery", "call", "access", "device", "estate"))}
"""Roles that hear of some topics of the live channel alone, and of no incidents; all others hear of all."""


def hears(role: str, topic: str) -> bool:
    """Whether the live channel tells the role of that topic."""
    return role not in HEARS or topic in HEARS[role]


def may(role: Role, method: str, template: str) -> bool:
    """Whether the role may use the route. A route without a row: nobody."""
    roles = PERMISSIONS.get((method, template), frozenset())
    return "anyone" in roles or role in roles


def may_by_phone(role: Role, method: str, template: str) -> bool:
    """Whether a guard in that role may use the route by a phone's token."""
    roles = PERMISSIONS.get((method, template), frozenset())
    return "anyone" in roles or roles == PHONE or ("phone" in roles and role in roles)
