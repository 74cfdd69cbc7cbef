"""How does a test decode payloads that fit, and notice when the codec falls back to repairing them?"""

from __future__ import annotations

import copy
import pickle
from collections.abc import Callable
from typing import Any

import pytest

from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.codec.repair import Repair
from tests.support.payloads import Payloads

FULL = Payloads(optional="all", nulls="none", surprises=False)
BARE = Payloads(optional="none", nulls="declared", surprises=False)
ANY = Payloads(optional="some", nulls="accepted", surprises=True)
FITTING = Payloads(optional="some", nulls="accepted", surprises=False)


def type_of(name: str) -> Any:
    return getattr(models, name)


class FastRoadOnly(Codec):
    """The codec without the slow road on which it repairs what does not fit: here everything does."""

    def _report(self, repair: Repair, operation: str, source: object, hide: Callable[[str], str]) -> None:
        pytest.fail(f"takes the slow road: {list(repair.problems.values())}")


CODEC = FastRoadOnly(strict=True)


def decode(payload: object, name: str) -> Any:
    return CODEC.decode(payload, type_of(name), operation="test")


def copies(value: object) -> list[Any]:
    """What comes back from a pickle, a deep copy and a plain copy."""
    return [pickle.loads(pickle.dumps(value)), copy.deepcopy(value), copy.copy(value)]
