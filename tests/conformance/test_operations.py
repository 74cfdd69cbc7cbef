"""Every operation, through both faces, against Qovery's own description as Prism understands it."""

from __future__ import annotations

import contextlib
import json
import warnings
from collections.abc import Callable, Mapping
from typing import Any, get_args
from urllib.parse import parse_qsl, quote, urlsplit

import pytest

from codegen.decisions import tables
from codegen.decisions.named import Operation
from qovery_async import ApiError, from_dict, models, to_dict
from tests.conformance.conftest import Clients
from tests.support.fits import misfits
from tests.support.samples import API, LISTED, Sample, samples

FACES = ("async", "sync")
PAGED = [operation for operation in API.operations if operation.call in tables.read().pagers.pagers]


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("operation", API.operations, ids=lambda operation: operation.call)
def test_prism_accepts_what_is_sent_and_its_answers_fit(
    operation: Operation,
    face: str,
    clients: Clients,
    caplog: pytest.LogCaptureFixture,
    record_property: Callable[[str, object], None],
) -> None:
    promised = clients.promised(face, operation.call)
    refusals: list[str] = []
    faults: list[str] = []
    served = 0
    for sample in samples(operation):
        for status in sorted({response.status for response in operation.responses}):
            arguments = _arguments(operation, sample)
            clients.sent.clear()
            try:
                with _told_of_deprecation(operation):
                    answer = clients.call(face, operation.call, arguments, status=status)
            except ApiError as error:
                refusals.append(f"{sample}: {_why(error)}")
            else:
                served += 1
                assert answer.status == status
                faults += misfits(answer.result, promised)
            assert [(event.method, _line(event.url)) for event in clients.sent] == [_described(operation, sample)]
    faults += [record.getMessage() for record in caplog.records if record.name.startswith("qovery")]
    _only_as_listed(refusals, LISTED.refused.get(operation.call))
    _only_as_listed(faults, LISTED.misfit.get(operation.call))
    assert served, "not even the completed form is accepted"
    record_property("conformance", [face, operation.call, "refused" if refusals else "served"])


@pytest.mark.parametrize("face", FACES)
@pytest.mark.parametrize("operation", PAGED, ids=lambda operation: operation.call)
def test_every_iterate_method_yields_the_items_and_comes_to_an_end(
    operation: Operation, face: str, clients: Clients
) -> None:
    name = f"{operation.namespace}.{operation.name.replace('list', 'iterate', 1)}"
    (item,) = get_args(clients.promised(face, name))
    try:
        items = clients.iterate(face, name, _arguments(operation, Sample(everything=True)))
    except ApiError as error:
        pytest.fail(f"{error.method} {error.url}: {_why(error)}")
    assert items
    assert [fault for found in items for fault in misfits(found, item)] == []


@pytest.mark.parametrize("face", FACES)
def test_prism_refuses_what_the_description_forbids(face: str, clients: Clients) -> None:
    """Without this, its silence on everything else would prove nothing."""
    with pytest.raises(ApiError) as caught:
        clients.call(face, "projects.create", {"organization_id": "no-uuid", "body": {}}, status=201)
    assert 'organizationid must match format "uuid"' in _why(caught.value)
    assert "must have required property 'name'" in _why(caught.value)


def test_every_listed_operation_exists() -> None:
    assert {*LISTED.refused, *LISTED.misfit} <= {operation.call for operation in API.operations}
    assert set(LISTED.demanded) <= set(API.schemas)


def _arguments(operation: Operation, sample: Sample) -> dict[str, Any]:
    arguments: dict[str, Any] = sample.path_values(operation)
    arguments |= {parameter.name: value for parameter, value in sample.query(operation).items()}
    plain = sample.body(operation)
    if plain is None or operation.body is None:
        return arguments
    name = sample.model(operation.body.type)
    if name is None:
        return {**arguments, "body": plain}
    model = from_dict(getattr(models, name), plain)
    # What goes in comes out: the mapping, which people may send as well, is the same request.
    assert to_dict(model) == plain
    if not sample.completed:
        assert list(misfits(model, type(model), "body")) == []
    return {**arguments, "body": model}


def _described(operation: Operation, sample: Sample) -> tuple[str, tuple[str, dict[str, str]]]:
    """Method, path and query as the description has them."""
    path, values = operation.path, sample.path_values(operation)
    for parameter in operation.path_parameters:
        path = path.replace(f"{{{parameter.wire}}}", quote(values[parameter.name], safe=""))
    query = sample.query(operation).items()
    return operation.method, (path, {parameter.wire: _as_text(value) for parameter, value in query})


def _line(url: str) -> tuple[str, dict[str, str]]:
    parts = urlsplit(url)
    return parts.path, dict(parse_qsl(parts.query, strict_parsing=bool(parts.query)))


def _as_text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _only_as_listed(found: list[str], listed: Mapping[str, str] | None) -> None:
    """Nothing is wrong but what listed.toml says, and that really is: the list cannot rot."""
    if listed is None:
        assert not found, "\n".join(found)
    else:
        assert found, "listed.toml says that something is wrong here; it no longer is"
        others = [line for line in found if listed["says"] not in line]
        assert not others, "\n".join(others)


def _why(error: ApiError) -> str:
    """What Prism objects to, in its own words."""
    violations = json.loads(error.headers.get("sl-violations", "[]"))
    if isinstance(error.body, dict):
        violations += error.body.get("validation", [])
    return "; ".join(violation["message"] for violation in violations) or str(error)


def _told_of_deprecation(operation: Operation) -> contextlib.AbstractContextManager[object]:
    if operation.deprecated:
        return pytest.warns(DeprecationWarning, match=rf"client\.{operation.call} is deprecated")
    return warnings.catch_warnings(action="error")
