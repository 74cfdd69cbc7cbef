"""Does the emulator hold under requests that Schemathesis makes? `-- -k explored --explore-seconds 600` for long.

The first round always sends the same requests. Further rounds follow while the seconds last.
"""

from __future__ import annotations

import logging
import time
import tomllib
from collections.abc import Callable
from fnmatch import fnmatchcase
from itertools import count

import attrs
import pytest

from qovery_async.emulator.facts.operations import operations
from tests.conformance.exploring import Exploration, Finding, world
from tests.support import ROOT
from tests.support.prism import description

MOST_SUCCEED = 0.8
"""The share of operations that must succeed at least once: a run of refusals would show nothing."""


@attrs.frozen
class Known:
    """A row of explored.toml: responses that break the description, with the reason."""

    calls: str
    places: str
    says: str
    reason: str
    rare: bool = False
    """Whether it takes luck to meet it, so that a round without it proves nothing."""

    def covers(self, finding: Finding) -> bool:
        named = fnmatchcase(finding.call, self.calls) and fnmatchcase(finding.place.replace("[]", "*"), self.places)
        return named and self.says in finding.said


LISTED = [
    Known(**row)
    for row in tomllib.loads((ROOT / "tests/conformance/explored.toml").read_text(encoding="utf-8"))["known"]
]


@pytest.mark.slow
def test_no_request_breaks_it(
    request: pytest.FixtureRequest, record_property: Callable[[str, object], None], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR, "qovery.emulator")  # each unknown key is a warning
    until = time.monotonic() + float(request.config.getoption("--explore-seconds", 0))
    exploration = Exploration(description())
    namespaces = exploration.namespaces()
    for number in count(1):
        for members in namespaces.values():
            with world() as emulator:
                for operation, theirs in members:
                    exploration.explore(emulator, operation, theirs, number)
            if number > 1 and time.monotonic() > until:
                break
        if number == 1:
            first = list(exploration.findings)
        if time.monotonic() > until:
            break
    record_property("explored", f"{exploration.sent} requests, {number} rounds")

    unknown = [found for found in exploration.findings if not any(known.covers(found) for known in LISTED)]
    assert not unknown, "\n".join(f"{f.call} {f.place}: {f.said:.300}\n    {f.how}" for f in unknown[:20])
    dead = [known for known in LISTED if not known.rare and not any(known.covers(found) for found in first)]
    assert not dead, "\n".join(f"explored.toml: nothing is found at {each.calls} {each.places}" for each in dead)
    assert len(exploration.succeeded) > MOST_SUCCEED * len(operations())
