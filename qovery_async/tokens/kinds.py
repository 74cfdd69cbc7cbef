"""What does a token itself say? Pure functions, which hold it in no variable."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any, Literal, cast

from qovery_async.secrecy.secret import Secret
from qovery_async.vocabulary.values import frozen

TokenKind = Literal["API_TOKEN", "POLICY_API_TOKEN", "PERSON"]
"""An API token, one with a policy (`sk-qov-01-...`), or the login of a person: a JWT, such as the command line has."""

_POLICY = "sk-qov-01"


@frozen
class Claims:
    """What is known of a token without asking: its kind and, of a person's, whose it is and when it expires."""

    kind: TokenKind
    expires_at: datetime | None = None
    subject: str | None = None
    email: str | None = None


def claims_of(authorization: Secret) -> Claims:
    """Reads the value of an `Authorization` header. The signature of a JWT is not checked: the API does that."""
    if authorization.reveal().partition(" ")[2].startswith(_POLICY):
        return Claims("POLICY_API_TOKEN")
    if not _is_jwt(authorization):
        return Claims("API_TOKEN")
    said = _payload(authorization)
    subject, email = said.get("sub"), said.get("email")
    return Claims(
        "PERSON",
        _time(said.get("exp")),
        subject if isinstance(subject, str) else None,
        email if isinstance(email, str) else None,
    )


def _is_jwt(authorization: Secret) -> bool:
    return authorization.reveal().partition(" ")[2].startswith("eyJ") and authorization.reveal().count(".") == 2


def _payload(authorization: Secret) -> dict[str, Any]:
    """The second part of a JWT, or nothing where it cannot be read."""
    try:
        read = json.loads(base64.urlsafe_b64decode(authorization.reveal().split(".")[1] + "=="))
    except (ValueError, RecursionError):
        read = None  # the error would show a part of the token
    return cast("dict[str, Any]", read) if isinstance(read, dict) else {}


def _time(seconds: object) -> datetime | None:
    if isinstance(seconds, bool) or not isinstance(seconds, (int, float)):
        return None
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return None
