"""What becomes of the keys of a body that the description does not have?

| the key                                                              | becomes      |
|----------------------------------------------------------------------|--------------|
| stands in a map, in an object of any form or in advanced settings    | stored       |
| is one that the stored object has, and its description does not      | stored       |
| any other, in the body or in an object inside it                     | dropped      |

So an object keeps what a test has put into it, and a misspelt key is no new one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, get_args, get_origin

import attrs

from qovery_async.codec.plain import is_list, is_object
from qovery_async.codec.shapes import without_none
from qovery_async.emulator.facts.families import families
from qovery_async.emulator.facts.operations import python_type
from qovery_async.emulator.facts.refusals import Refusal
from qovery_async.emulator.facts.samples import branch, fields
from qovery_async.emulator.facts.validation import misfit
from qovery_async.emulator.world.calls import ApiCall
from qovery_async.vocabulary import Model

_FEW = 10
# Qovery has more of these settings than its description, and real clients send them.
_OPEN = "AdvancedSettings"
# Its handler refuses the version of another kind of service.
_JUDGED = "environments.deploy_services"
# What the description requires and forgets to declare.
_REQUIRED: Mapping[str, Collection[str]] = {
    "ApplicationGitRepositoryRequest": ("owner", "name"),
    "HelmGitRepositoryRequest": ("provider", "owner", "name"),
    "OrganizationEditRequest": ("plan",),
}
# Where responses have what a request has under a key, if not under the same.
_PLACES: Mapping[tuple[str, str], Sequence[str]] = {
    ("HelmRequestSourceWithGitRepository", "git_repository"): ("git", "git_repository"),
    ("HelmRequestSourceWithHelmRepository", "helm_repository"): ("repository",),
    ("TerraformRequestTerraformFilesSource", "git_repository"): ("git", "git_repository"),
}


def drop(call: ApiCall) -> list[str]:
    """Takes the unknown keys out of the body of a call, unless its handler judges them; returns their paths."""
    declared = call.operation.body
    if declared is None or not is_object(call.body):
        return []
    sieve = _Sieve()
    shown = python_type(call.operation.response.type or "Any")
    sifted = sieve.sifted(call.body, python_type(declared.type), shown, _stored(call), "")
    call.body = call.body if call.operation.call == _JUDGED else sifted
    return sieve.dropped


def refused(call: ApiCall, paths: Sequence[str]) -> Refusal:
    """400 for a body with unknown keys, which tells those of the response that no request has from others."""
    model = branch(python_type(call.operation.response.type or "Any"), call.sent)
    shown = {field.wire for field in fields(model)} if model else set[str]()
    parts = [
        (" are read-only: responses have them, requests do not", [path for path in paths if path in shown]),
        (" do not exist in the API", [path for path in paths if path not in shown]),
    ]
    said = [", ".join(f"{path!r:.100}" for path in some[:_FEW]) + about for about, some in parts if some]
    return Refusal(400, f"the keys {'; '.join(said)}; leave them out (the emulator is strict)")


def grafted(made: dict[str, Any], sent: Mapping[str, Any], type_: Any) -> dict[str, Any]:
    """An object that was made of a body of some type, with the unknown keys that the body has."""
    model = branch(type_, sent)
    if model is None:
        return made
    known = {field.wire: field.type for field in fields(model)}
    out = {**made, **{key: value for key, value in sent.items() if key not in known}}
    for key in known.keys() & sent.keys():
        place = _place(model, key)
        ours, theirs, inner = _at(made, place), sent[key], known[key]
        if is_object(ours) and is_object(theirs):
            out = _with(out, place, grafted(ours, theirs, inner))
        elif is_list(ours) and is_list(theirs) and len(ours) == len(theirs):
            out = _with(out, place, [_grafted_item(*pair, inner) for pair in zip(ours, theirs, strict=True)])
    return out


def remembered(made: dict[str, Any], before: Mapping[str, Any], type_: Any) -> dict[str, Any]:
    """An object that an update made; what no body names, such as a parent, keeps its unknown keys if it is the same."""
    model = branch(type_, made)
    known = {field.wire: field.type for field in fields(model)} if model else {}
    out = {**made}
    for key, value in made.items():
        old = before.get(key)
        if not is_object(value) or not is_object(old):
            continue
        if key in known:
            out[key] = remembered(value, old, known[key])
        elif "id" in value and value["id"] == old.get("id"):
            out[key] = {**old, **value}
    return out


def _grafted_item(made: Any, sent: Any, list_type: Any) -> Any:
    both = is_object(made) and is_object(sent) and get_origin(list_type) is list
    return grafted(made, sent, get_args(list_type)[0]) if both else made


def _stored(call: ApiCall) -> Any:
    """What the body replaces."""
    name, table = call.operation.call, families()
    if name in table.settings:
        return call.target.settings.get(table.settings[name])
    return call.target.value if name in table.of_call and table.of_call[name][1] == "update" else None


@attrs.define
class _Sieve:
    dropped: list[str] = attrs.field(factory=list[str])

    def sifted(self, sent: Any, type_: Any, shown: Any, stored: Any, path: str) -> Any:
        """What was sent, without the unknown keys. `shown` is the type of the same place in responses."""
        type_, shown = without_none(type_)[0], without_none(shown)[0]
        if is_list(sent) and get_origin(type_) is list:
            return self._list(sent, get_args(type_)[0], shown, stored, path)
        if not is_object(sent):
            return sent
        if get_origin(type_) is dict:
            inner = get_args(type_)[1]
            shown = get_args(shown)[1] if get_origin(shown) is dict else Any
            return {
                key: self.sifted(value, inner, shown, _at(stored, (key,)), _join(path, key))
                for key, value in sent.items()
            }
        return self._object(sent, type_, shown, stored, path)

    def _list(self, sent: list[Any], type_: Any, shown: Any, stored: Any, path: str) -> list[Any]:
        shown = get_args(shown)[0] if get_origin(shown) is list else Any
        # The items may be in another order: a key that one of them has is known in all.
        every: dict[str, Any] = {}
        for item in stored if is_list(stored) else ():
            every |= item if is_object(item) else {}
        return [self.sifted(item, type_, shown, every, f"{path}[{number}]") for number, item in enumerate(sent)]

    def _object(self, sent: dict[str, Any], type_: Any, shown: Any, stored: Any, path: str) -> dict[str, Any]:
        model = branch(type_, sent)
        if model is None:
            return sent
        known = {field.wire: field.type for field in fields(model)}
        told = branch(shown, stored if is_object(stored) else sent)
        in_responses = {field.wire: field.type for field in fields(told)} if told else {}
        out: dict[str, Any] = {}
        for key, value in sent.items():
            where = _join(path, key)
            if key in known:
                there = _at(stored, _place(model, key))
                out[key] = self.sifted(value, known[key], in_responses.get(key, Any), there, where)
            elif key in _REQUIRED.get(model.__name__, ()):
                if (wrong := misfit(value, in_responses.get(key, Any), where)) is not None:
                    raise Refusal(400, wrong)
                out[key] = value
            elif model.__name__.endswith(_OPEN) or (_has(stored, key) and key not in in_responses):
                out[key] = value
            else:
                self.dropped.append(where)
        return out


def _has(stored: Any, key: str) -> bool:
    return is_object(stored) and key in stored


def _place(model: type[Model], key: str) -> Sequence[str]:
    return _PLACES.get((model.__name__, key), (key,))


def _at(value: Any, place: Sequence[str]) -> Any:
    for key in place:
        value = value.get(key) if is_object(value) else None
    return value


def _with(value: dict[str, Any], place: Sequence[str], new: Any) -> dict[str, Any]:
    first, *rest = place
    return {**value, first: _with(value[first], rest, new) if rest else new}


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
