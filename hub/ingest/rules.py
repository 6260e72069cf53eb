"""The rules that a policy makes: the detectors' table with the policy's numbers."""

from typing import Protocol

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.detectors.table import DETECTORS
from hub.detectors.types import Detector, Device
from hub.footage.retention import FootageRules
from hub.ingest.ports import Rules
from hub.plans.load import shipped

INTAKE_CLAUSE = "CMD-1"
PICTURE_CLAUSE = "MON-4"
RECORD_CLAUSE = "PAT-5"
PASSAGE_CLAUSE = "GATE-5"
HOLD_CLAUSE = "MON-7"
_US_PER_DAY = 86_400 * US_PER_S


class DeviceNumbers(Numbers, Protocol):
    """A policy."""

    def for_device(self, detector: Detector, device: Device) -> dict[str, float]:
        """The detector's numbers with the device's own in front."""
        ...


def rules_of(policy: DeviceNumbers, detectors: tuple[Detector, ...] = DETECTORS) -> Rules:
    """What a worker needs of a policy."""
    numbers = policy.numbers(INTAKE_CLAUSE)
    return Rules(
        detectors=detectors,
        numbers=policy.for_device,
        policy=policy,
        late_us=int(numbers["late_s"] * US_PER_S),
        stall_us=int(numbers["source_stall_s"] * US_PER_S),
        keep_us=int(numbers["event_days"] * _US_PER_DAY),
        picture_keep_us=int(policy.numbers(PICTURE_CLAUSE)["picture_days"] * _US_PER_DAY),
        record_us=_days_us(policy, RECORD_CLAUSE, "record_days"),
        passage_keep_us=_days_us(policy, PASSAGE_CLAUSE, "passage_days"),
        emergency=tuple(shipped().values()),
        footage=footage_rules(policy),
    )


def footage_rules(policy: Numbers) -> FootageRules | None:
    """What the policy says of footage; None where it does not say how long any is kept."""
    try:
        found = policy.numbers(PICTURE_CLAUSE)
    except KeyError:
        return None
    days = found.get("footage_days")
    if days is None:
        return None
    before_s, after_s = (number(policy, HOLD_CLAUSE, name) for name in ("hold_before_s", "hold_after_s"))
    key_days = found.get("key_footage_days", days)
    return FootageRules(
        days=int(days),
        key_days=int(key_days),
        days_max=int(found.get("footage_days_max", max(days, key_days))),
        hold_before_us=int(before_s * US_PER_S),
        hold_after_us=int(after_s * US_PER_S),
        forecast_days=number(policy, PICTURE_CLAUSE, "forecast_days"),
        usual_times=number(policy, PICTURE_CLAUSE, "sweep_usual_times"),
        when_full="drop_oldest" if getattr(policy, "when_full", "") == "drop_oldest" else "refuse_new",
    )


def _days_us(policy: DeviceNumbers, clause: str, name: str) -> int | None:
    """A policy may do without the clause, and then nothing of the record goes."""
    try:
        days = policy.numbers(clause).get(name)
    except KeyError:
        return None
    return None if days is None else int(days * _US_PER_DAY)
