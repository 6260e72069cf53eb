"""The plan of an estate under a policy: what windows are made of."""

from collections.abc import Mapping

from hub.duties.plan import Plan
from hub.estate import Estate
from hub.policy.load import Policy

NUMBERS: Mapping[str, tuple[str, ...]] = {
    "PAT-2": ("checkpoint_min_s", "apart_s", "scan_clock_off_s"),
    "PAT-7": ("late_scan_max_s",),
}
"""Those that flags are judged by, under their clauses."""


def plan_of(estate: Estate, policy: Policy, seed: str = "") -> Plan:
    """The plan. What has no order is sorted, so that the same files, written otherwise, give an equal plan. `seed`: a secret of
    the site that stays the same, or its random windows are drawn anew."""
    return Plan(
        zone=str(estate.timezone),
        duties=tuple(policy.duties[duty] for duty in sorted(policy.duties)),
        routes=tuple(estate.routes[route] for route in sorted(estate.routes)),
        staff=tuple(estate.staff[person] for person in sorted(estate.staff)),
        calendar=policy.calendar.in_order(),
        shifts=tuple(sorted(policy.shifts.items())),
        numbers={name: policy.numbers(clause)[name] for clause, names in NUMBERS.items() for name in names},
        seed=seed,
    )
