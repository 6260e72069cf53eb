"""The policy's numbers for the desk, what is told of them where a policy is older than they are, and the desk's detectors."""

from contract.clock import US_PER_S
from hub.cases.limits import Numbers, number
from hub.detectors.types import Detector
from hub.passages.searches import SEARCHES_OVER

KEY_OVERDUE, PHONE_UNANSWERED = "key_overdue", "phone_unanswered"
KEY_CLAUSE, PHONE_CLAUSE, CHECK_CLAUSE = "MON-8", "CMD-3", "MON-1"
DESK_OWNER = "desk"
"""The owner of the desk's deadlines: `key/ITEM`, `call/CALL`."""


def key_out_us(policy: Numbers) -> int:
    """So long an item of the register may be out."""
    return int(number(policy, KEY_CLAUSE, "key_out_s") * US_PER_S)


def rings_us(policy: Numbers) -> int:
    """So soon the phone is answered: three rings."""
    return int(number(policy, PHONE_CLAUSE, "rings_s") * US_PER_S)


def sound_us(policy: Numbers) -> int:
    """So long after its opening a check-in that nobody has answered begins to sound."""
    return int(number(policy, CHECK_CLAUSE, "sound_s") * US_PER_S)


def _never(*_: object) -> None:
    """The desk's cases come of people's acts and of deadlines: nothing is stepped."""


OVERDUE = Detector(KEY_OVERDUE, KEY_CLAUSE, 3, (), None, _never)
UNANSWERED = Detector(PHONE_UNANSWERED, PHONE_CLAUSE, 2, (), None, _never)
DESK_DETECTORS = (KEY_OVERDUE, PHONE_UNANSWERED, SEARCHES_OVER)
"""What people do, and no device tells."""
