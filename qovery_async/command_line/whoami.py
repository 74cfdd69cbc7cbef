"""What does `python -m qovery_async whoami` say of the token?"""

from __future__ import annotations

import argparse
import json
import sys
from datetime import UTC, datetime

from qovery_async.client import AsyncQovery
from qovery_async.errors import ConfigurationError, QoveryError
from qovery_async.secrecy.printable import one_line
from qovery_async.tokens.checking import TokenCheck

WORKS, REFUSED, NOT_CONFIGURED, NOT_KNOWN = 0, 1, 2, 3
"""The exit statuses. Wrong arguments end with 2 as well."""

_KINDS = {"API_TOKEN": "API token", "POLICY_API_TOKEN": "policy API token", "PERSON": "login of a person (JWT)"}
_EPILOG = """\
exit status:
  0  the token works
  1  the API refuses it
  2  there is no token, or a setting or an argument is wrong
  3  it is not known: the API cannot be reached, or responds with another error

The token itself is never printed.
"""


def declare(parser: argparse.ArgumentParser) -> None:
    """The arguments."""
    parser.description = "Say whether the token works, for which organization, and what is left of its hourly requests."
    parser.epilog = _EPILOG
    parser.add_argument("--json", action="store_true", help="print a JSON object, also when it does not work")


async def run(given: argparse.Namespace) -> int:
    """Asks, prints the result and returns the exit status."""
    try:
        async with AsyncQovery() as client:
            check, address = await client.tokens.check(), client.base_url
    except QoveryError as error:
        if given.json:
            _print(json.dumps({"works": None, "error": str(error)}, indent=2))
        else:
            sys.stderr.write(f"{error}\n")
        return NOT_CONFIGURED if isinstance(error, ConfigurationError) else NOT_KNOWN
    _print(json.dumps(as_json(check, address), indent=2) if given.json else as_text(check, address))
    return WORKS if check.works else REFUSED


def as_json(check: TokenCheck, address: str) -> dict[str, object]:
    """What `--json` prints; a value that is not known is null."""
    rate = check.rate
    return {
        "works": check.works,
        "base_url": address,
        "kind": check.kind,
        "organizations": [{"id": one.id, "name": one.name} for one in check.organizations],
        "role": check.role,
        "token_id": check.token_id,
        "expires_at": None if check.expires_at is None else check.expires_at.isoformat(),
        "rate": None
        if rate is None
        else {"limit": rate.limit, "remaining": rate.remaining, "resets_in": round(rate.resets_in)},
        "refusal": check.refusal,
    }


def as_text(check: TokenCheck, address: str) -> str:
    """A line for each thing that is known."""
    rate = check.rate
    lines = {
        "token": f"{'works' if check.works else 'refused'} at {address}",
        "kind": _KINDS[check.kind],
        **{f"organization {number}": f"{one.name} ({one.id})" for number, one in enumerate(check.organizations, 1)},
        "role": check.role,
        "token id": check.token_id,
        "expires": None if check.expires_at is None else f"{check.expires_at.isoformat()} ({_ago(check.expires_at)})",
        "requests": None
        if rate is None
        else f"{rate.remaining} of {rate.limit} left, all of them again in {round(rate.resets_in)} s",
        "reason": check.refusal,
    }
    if len(check.organizations) == 1:
        lines = {("organization" if name == "organization 1" else name): text for name, text in lines.items()}
    return "\n".join(f"{name + ':':16}{one_line(text, 600)}" for name, text in lines.items() if text)


def _ago(at: datetime) -> str:
    hours = (at - datetime.now(UTC)).total_seconds() / 3600
    if hours < 0:
        return "over"
    return f"in {hours / 24:.0f} days" if hours >= 48 else f"in {hours:.1f} hours"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")
