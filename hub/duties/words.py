"""What a window's states are called, wherever people read them: one name for each in each language."""

from collections.abc import Mapping

from hub.duties.types import WindowState

STATES: Mapping[WindowState, tuple[str, str]] = {
    "open": ("未到期", "open"),
    "kept": ("已完成", "kept"),
    "missed": ("未完成", "missed"),
    "unproven": ("待证实", "unproven"),
    "withdrawn": ("已撤回", "withdrawn"),
}
