"""Which variables are desired?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import cast

import attrs

from qovery_async.deployments.kinds import Identified
from qovery_async.directory.entries import is_id
from qovery_async.directory.identity import Handle
from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.printable import one_line
from qovery_async.variables.env_file import read
from qovery_async.variables.present import Here
from qovery_async.variables.values import VariableValue, WantedVariable, wanted

VariablesSource = Mapping[str, VariableValue] | Path | str | Handle | Identified
"""A mapping, a `.env` file, or the handle or id of another project, environment or service."""
DesiredVariables = VariablesSource | Sequence[VariablesSource]
"""One source, or several: for each key, a later one wins."""


def sources(desired: DesiredVariables) -> list[VariablesSource]:
    """The sources, the first one first.

    Raises:
        ConfigurationError: something is none.
    """
    given: object = desired
    every = list(cast("Sequence[object]", given)) if isinstance(given, (list, tuple)) else [given]
    for source in every:
        if not _is_source(source):
            raise ConfigurationError(
                "desired variables are a mapping, a file such as Path('.env'), the handle or the id of another place, "
                f"or a list of these, got {_shown(source)}"
            )
    return cast("list[VariablesSource]", every)


def of_here(source: Mapping[str, VariableValue] | Path) -> dict[str, WantedVariable]:
    """What a mapping or a file says.

    Raises:
        ConfigurationError: the file cannot be read, or a key or a value cannot be one.
    """
    values: Mapping[str, object] = read(source) if isinstance(source, Path) else source
    return {key: wanted(key, value) for key, value in values.items()}


def of_place(there: Here) -> dict[str, WantedVariable]:
    """The own variables of another place. A value of a secret manager is like a secret: only its holder knows it."""
    return {
        seen.key: WantedVariable(alias_of=seen.alias_of)
        if seen.alias_of is not None
        else WantedVariable(
            text=seen.text if seen.is_readable else None,
            is_secret=seen.is_secret or not seen.is_readable,
            mount_path=seen.mount_path,
        )
        for seen in there.own.values()
    }


def merged(layers: Iterable[Mapping[str, WantedVariable]], secret_keys: Collection[str]) -> dict[str, WantedVariable]:
    """What all sources say together; the values of `secret_keys` are those of secrets.

    Raises:
        ConfigurationError: `secret_keys` is no collection, or has a key that none of the sources has.
    """
    given = cast("object", secret_keys)
    if isinstance(given, str) or not isinstance(given, Collection):
        raise ConfigurationError(f"secret_keys must be a list of keys, got {type(given).__name__}")
    every: dict[str, WantedVariable] = {}
    for layer in layers:
        every |= layer
    if missing := [key for key in secret_keys if key not in every]:
        raise ConfigurationError(f"secret_keys has keys that no source has: {one_line(', '.join(map(str, missing)))}")
    for key in secret_keys:
        if (text := every[key].text) is not None:
            every[key] = attrs.evolve(every[key], text=SecretText(text), is_secret=True)
    return every


def _is_source(given: object) -> bool:
    if isinstance(given, str):
        return is_id(given)
    return isinstance(given, (Mapping, Path, Handle)) or isinstance(getattr(given, "id", None), str)


def _shown(source: object) -> str:
    # A string may be the text of a file, with secrets in it.
    return f"a string: for a file, give Path({source!r})" if _is_name(source) else one_line(type(source).__name__)


def _is_name(source: object) -> bool:
    return isinstance(source, str) and source.endswith(".env") and "\n" not in source
