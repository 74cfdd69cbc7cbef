"""What does a line of the log of a deployment say?"""

from __future__ import annotations

from qovery_async import models
from qovery_async.secrecy.printable import one_line


def details_of(line: models.EnvironmentLogs) -> models.EnvironmentLogsDetails | None:
    """What a line is about."""
    return line.details  # required, but a line may leave it out


def transmitter_of(line: models.EnvironmentLogs) -> str | None:
    """The id of the service, or of the environment, that a line is of."""
    details = details_of(line)
    return details.transmitter.id if details and details.transmitter else None


def text_of(line: models.EnvironmentLogs) -> str:
    """What a line says, with its error."""
    said = [line.message and line.message.safe_message]
    if line.error is not None:
        said += [line.error.user_log_message, line.error.hint_message]
    return " ".join(dict.fromkeys(text for text in said if text))  # an error often repeats the message


def readable(line: models.EnvironmentLogs) -> str:
    """A line of a log on one line of text: time, who says it, in which step, what."""
    details = details_of(line)
    transmitter = details.transmitter if details else None
    who = (transmitter and (transmitter.name or transmitter.id)) or ""
    step = (details and details.stage and details.stage.step) or ""
    at = line.timestamp.strftime("%H:%M:%S")
    return one_line(" ".join(part for part in (at, who, step and f"[{step}]", text_of(line)) if part), 10_000)


def run_of(line: models.EnvironmentLogs) -> str | None:
    """The `execution_id` of the deployment that a line is of."""
    details = details_of(line)
    return details.execution_id if details else None


def identity_of(line: models.EnvironmentLogs) -> object:
    """What tells a line from others."""
    details = details_of(line)
    step = (details and details.stage and details.stage.step) or None
    return line.timestamp, transmitter_of(line), step, text_of(line)
