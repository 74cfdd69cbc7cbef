"""Is anything lost when the API is not the one that the SDK was generated from?

Servers here are older, newer or odd. Nothing that they send is lost or silently empty, and no call raises, unless the
client is strict or the list that an operation returns cannot be found.
"""

from __future__ import annotations

import json
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest

from codegen.facts import UnionSchema
from codegen.write import emit
from qovery_async import UnknownVariant, WithResponse, models, to_dict
from qovery_async.codec.plain import is_list
from qovery_async.codec.reader import Codec
from tests.support import ROOT, older
from tests.support.answers import Answers, response
from tests.support.drift_calls import faults, place, told
from tests.support.drifted import Envelope, drifted, envelope, list_in
from tests.support.other_facts import excerpt
from tests.support.small_package import copied, run

pytestmark = [pytest.mark.anyio, pytest.mark.filterwarnings("ignore:client:DeprecationWarning")]

SEED = int(os.environ.get("QOVERY_DRIFT_SEED", "1"))
"""Another seed tries other places."""

API = older.named(older.TODAY)
READABLE = [operation for operation in API.operations if response(operation)]
TOLD_BY_KEYS = [name for name, schema in API.schemas.items() if isinstance(schema, UnionSchema) and schema.keys]


@pytest.fixture(autouse=True)
def _seed() -> None:
    """What a failure shows, to be tried again."""
    print(f"QOVERY_DRIFT_SEED={SEED}")


@pytest.mark.parametrize("file", older.FILES, ids=lambda file: file.stem)
async def test_what_an_older_api_sends_is_read_without_loss(file: Path) -> None:
    die = random.Random(f"{SEED} {file.stem}")
    before, found = older.named(older.changed(file)), list[str]()
    async with place() as at:
        for was in before.operations:
            sent, operation = Answers(before, die).to(was), API.calls[was.call]
            found += told(operation, sent, faults(operation, sent, await at.ask(operation, sent)))
    assert found == []


def test_what_a_newer_api_sends_is_read_without_loss(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packages as they would have been generated from the oldest facts, in front of today's API."""
    file = older.FILES[0]
    before = older.changed(file)
    kept = random.Random(SEED).sample(before.operations, 40)
    listing = [operation for operation in older.TODAY.operations if operation.id == "listOrganization"]  # all need it
    api = older.named(excerpt(older.then(file), [*listing, *kept]))
    copied(tmp_path, monkeypatch)
    assert emit.generate(api, check=False) == 0
    script = f"from tests.drift.newer import check; check({file.stem!r}, {SEED}, {[*api.calls]!r})"
    assert json.loads(run(script, tmp_path, PYTHONPATH=os.pathsep.join([str(tmp_path), str(ROOT)]))) == []


async def test_a_response_that_is_odd_somewhere_is_read_without_loss(caplog: pytest.LogCaptureFixture) -> None:
    die = random.Random(SEED)
    found, displaced = list[str](), set[str]()
    async with place() as at:
        for operation in die.sample(READABLE, 300):
            for _ in range(2):
                sent = drifted(operation, Answers(API, die).to(operation), die)
                strict = die.randrange(3) == 0
                got = await at.ask(operation, sent, strict=strict)
                found += told(operation, sent, faults(operation, sent, got, strict=strict))
                if not strict and _is_displaced(sent, envelope(operation)):
                    displaced.add(operation.call)
    assert found == []
    lines = [record.getMessage() for record in caplog.records]
    assert displaced - {line.partition(":")[0] for line in lines} == set()
    assert [line for line in lines if re.search("is missing;|converted to", line) and "unchanged" in line] == []


def _is_displaced(sent: Any, wanted: Envelope) -> bool:
    """Whether there is something in the list, and that is elsewhere than the facts say."""
    items = None if wanted.key is None else list_in(sent, wanted)
    return is_list(items) and bool(items) and items is not wanted.declared(sent)


async def test_the_blocking_client_reads_the_same() -> None:
    die = random.Random(SEED + 1)
    found = list[str]()
    async with place() as at:
        for operation in die.sample(READABLE, 60):
            sent = drifted(operation, Answers(API, die).to(operation), die)
            found += told(operation, sent, faults(operation, sent, await at.ask_blocking(operation, sent)))
    assert found == []


@pytest.mark.parametrize("name", TOLD_BY_KEYS)
def test_a_null_key_does_not_tell_the_branch_of_a_union(name: str) -> None:
    union, die = API.schemas[name], random.Random(f"{SEED} {name}")
    assert isinstance(union, UnionSchema)
    for branch in {branch for key, branch in union.keys.items() if key}:
        sent = Answers(API, die).branch(union, branch)
        nulls = {key: None for key, other in union.keys.items() if key and other != branch and key not in sent}
        read: Any = Codec().decode({**nulls, **sent}, getattr(models, name), operation="test")
        assert type(read).__name__ == branch, (sent, nulls)
        assert to_dict(read) == {**nulls, **sent}
    read = Codec().decode(dict.fromkeys(union.keys, None), getattr(models, name), operation="test")
    assert isinstance(read, UnknownVariant) or type(read).__name__ == union.keys.get("")


@pytest.mark.parametrize("there", [False, True])
async def test_an_envelope_without_a_list_is_empty_for_strict_clients_too(*, there: bool) -> None:
    listing = [operation for operation in READABLE if envelope(operation).key]
    async with place() as at:
        for operation in random.Random(SEED).sample(listing, 20):
            got = await at.ask(operation, {envelope(operation).key: None} if there else {}, strict=True)
            assert isinstance(got, WithResponse), (operation.call, got)
            assert [*getattr(got.result, "items", got.result)] == []


async def test_a_body_where_none_is_declared_is_within_reach() -> None:
    silent = [o for o in API.operations if not any(found.type for found in o.responses)]
    async with place() as at:
        for operation in random.Random(SEED).sample(silent, 20):
            got = await at.ask(operation, {"id": "new"})
            assert isinstance(got, WithResponse)
            assert (got.result, json.loads(got.body)) == (None, {"id": "new"})
