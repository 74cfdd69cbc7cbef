"""Does a snapshot stand up to responses that leave out what is promised?"""

from __future__ import annotations

import copy
import json
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from qovery_async import models
from qovery_async.codec.reader import Codec
from qovery_async.deployments.cluster_errand import ClusterExpectation
from qovery_async.deployments.evidence import _text, _transmitter
from qovery_async.deployments.snapshot import ClusterSnapshot, EnvironmentSnapshot, snapshot_of
from qovery_async.deployments.verdict import Expectation, Verdict
from qovery_async.emulator.life import statuses
from tests.support.life_world import ENV, ended, every_kind


def whole() -> Any:
    stand = every_kind()
    ended(stand)
    return json.loads(json.dumps(statuses.statuses_with_stages(stand.life, ENV)))


WHOLE = whole()


def decode(value: Any, type_: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return Codec().decode(value, type_, operation="t")


def read(value: Any) -> EnvironmentSnapshot:
    return snapshot_of(ENV, decode(value, models.EnvironmentStatusesWithStages), {})


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Each key of every object."""
    for key, item in value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ():
        if isinstance(value, dict):
            yield (*path, key)
        yield from places(item, (*path, key))


PLACES = list(places(WHOLE))


def without(path: tuple[Any, ...], *, null: bool) -> Any:
    changed = place = copy.deepcopy(WHOLE)
    for key in path[:-1]:
        place = place[key]
    if null:
        place[path[-1]] = None
    else:
        del place[path[-1]]
    return changed


@pytest.mark.parametrize("null", [True, False])
def test_no_missing_or_null_key_breaks_a_wait(null: bool) -> None:  # noqa: FBT001
    assert len(PLACES) > 150
    before = read(WHOLE)
    for path in PLACES:
        now = read(without(path, null=null))
        assert str(now)
        assert all(str(service) for service in now.services)
        ids = frozenset(service.id for service in before.services[:2])
        for old in None, before, EnvironmentSnapshot(environment_id=ENV):
            for action in ("deploy", "stop", "uninstall", "delete"):
                for own in (ids, None):
                    expectation = Expectation(action=action, before=old, service_ids=own)
                    verdicts = {expectation.see(now, at) for at in range(8)}
                    dropped = action == "delete" and len(now.services) < len(before.services)
                    is_denied = old is before and not dropped
                    assert not is_denied or Verdict.DONE not in verdicts, (path, action, own)


def test_one_response_without_its_services_deletes_none() -> None:
    before, now = read(WHOLE), read({**WHOLE, "stages": None})
    ids = frozenset([before.services[0].id])
    assert Expectation(action="delete", before=before, service_ids=ids).see(now, 0) is Verdict.WAIT
    assert Expectation(action="deploy", before=before, service_ids=ids, request_id="r").see(now, 0) is Verdict.WAIT


def test_what_is_missing_is_an_unknown_state() -> None:
    assert read({}).state == "UNKNOWN"
    assert read(without(("environment", "last_deployment_state"), null=True)).state == "UNKNOWN"
    assert read({"stages": None}).services == ()


def test_names_of_others_write_no_control_characters() -> None:
    changed = copy.deepcopy(WHOLE)
    stage = next(each for each in changed["stages"] if each["applications"])
    stage["stage"] |= {"name": "\x1b[31mred\nline", "status": "ONGOING"}
    now = snapshot_of(
        ENV,
        decode(changed, models.EnvironmentStatusesWithStages),
        {service.id: "\x1b]0;title\x07\n" for service in read(changed).services},
    )
    assert now.stage
    for text in (str(now), *map(str, now.services)):
        assert text.isprintable(), text


def test_a_cluster_without_a_state_keeps_waiting() -> None:
    found = decode({"cluster_id": "c"}, models.ClusterStatus)
    before = ClusterSnapshot(cluster_id="c", status=found)
    expectation = ClusterExpectation(action="delete", before=before)
    assert (before.state, expectation.see(before)) == ("UNKNOWN", None)


def test_a_line_of_a_log_may_lack_everything() -> None:
    (line,) = decode([{"id": "x"}], list[models.EnvironmentLogs])
    assert (_transmitter(line), _text(line)) == (None, "")
