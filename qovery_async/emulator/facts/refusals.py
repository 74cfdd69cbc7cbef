"""How does the API say that a request was wrong?"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Literal

ErrorStyle = Literal["detail", "message"]
"""`{status, detail}` as today, or the `{status, error, message, timestamp, path}` of before."""


class Problem(Exception):
    """An answer with 4xx or 5xx. `more` goes into the body beside the text."""

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


def not_found(kind: str, id_: str) -> Problem:
    return Problem(404, f"{kind} {id_} does not exist")


def taken(kind: str, key: str, value: object) -> Problem:
    return Problem(409, f"{key} {value!r} is already taken by another {kind}")
