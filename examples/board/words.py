"""What does a state mean to someone who looks at the board? A tone, which has a colour and a sign, and a name."""

from __future__ import annotations

from typing import Literal

Tone = Literal["up", "busy", "failed", "warning", "off", "unknown"]

UP = frozenset({"DEPLOYED", "RESTARTED", "RUNNING", "COMPLETED", "DONE", "SUCCESS"})
OFF = frozenset({"READY", "STOPPED", "CANCELED", "DELETED", "SKIPPED", "UNAVAILABLE"})


def tone(state: str | None) -> Tone:
    """A state that this file does not know is one of tomorrow's: most likely something is under way."""
    if state is None:
        return "unknown"
    if state == "ERROR" or state.endswith("_ERROR"):
        return "failed"
    if state == "WARNING":
        return "warning"
    return "up" if state in UP else "off" if state in OFF else "busy"


def name(state: str | None) -> str:
    return "Unknown" if state is None else state.replace("_", " ").capitalize()


def seen(deployed: str | None, running: str | None) -> str | None:
    """The state to show: that of the deployment until it is done, then that of what runs.

    A deployment can be done and its pods crash all the same.
    """
    return deployed if running is None or tone(deployed) not in ("up", "unknown") else running
