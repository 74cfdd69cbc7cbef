"""Which status and body does the API send when it refuses a request?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

ErrorStyle = Literal["detail", "message"]
"""`{status, detail}` as today, or `{status, error, message, timestamp, path}` as until 2024."""


class Refusal(Exception):
    """A 4xx or 5xx response. `more` holds further keys of the body."""

    def __init__(
        self,
        status: int,
        detail: str,
        *,
        more: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.more = more or {}
        self.headers = headers or {}

    def body(self, style: ErrorStyle, path: str) -> dict[str, Any]:
        """The body of the response to a request for this path."""
        if style == "detail":
            return {"status": self.status, "detail": self.detail, **self.more}
        return {
            "status": self.status,
            "error": HTTPStatus(self.status).phrase,
            "message": self.detail,
            "timestamp": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "path": path,
            **self.more,
        }


def not_found(kind: str, id_: str) -> Refusal:
    """404 for an object that does not exist."""
    return Refusal(404, f"{kind} {id_} does not exist")


def taken(kind: str, key: str, value: object) -> Refusal:
    """409 for a value that must be unique and is not."""
    return Refusal(409, f"{key} {value!r} is already taken by another {kind}")
