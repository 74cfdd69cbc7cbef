"""What can a variable be told to be?"""

from __future__ import annotations

import attrs

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.masking import SecretText
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary.values import frozen


def _secret(value: object) -> SecretText:
    if not isinstance(value, str):
        # Only the type: the value may be a secret.
        raise ConfigurationError(f"the value of a secret must be a string, got {type(value).__name__}")
    return SecretText(value)


def _filled(_: object, attribute: attrs.Attribute[str], value: object) -> None:
    if not isinstance(value, str) or not value.strip():
        raise ConfigurationError(f"{attribute.name} must be a non-empty string, got {one_line(repr(value))}")


@frozen
class SecretValue:
    """The value of a secret: `{"API_KEY": SecretValue(text)}`. Its `repr` is masked."""

    value: str = attrs.field(converter=_secret)


@frozen
class AliasOf:
    """Another key, whose value the variable has: `{"DATABASE_URL": AliasOf("QOVERY_POSTGRESQL_URL")}`.

    The key is looked for where the alias is, then in what is inherited there.
    """

    key: str = attrs.field(validator=_filled)


@frozen
class MountedFile:
    """A file: its content, and the path at which Qovery mounts it. `SecretValue` as content makes a secret file."""

    content: str | SecretValue
    mount_path: str = attrs.field(validator=_filled)


VariableValue = str | SecretValue | AliasOf | MountedFile
"""What a variable should be. A string is a value only: a secret stays a secret, and a file a file."""


@frozen(kw_only=True)
class WantedVariable:
    """What one variable should be, however it was said.

    `text` is None for an alias, and for a secret of another place, whose value nobody can read. `mount_path` is None
    where a file may stay one.
    """

    text: str | None = None
    is_secret: bool = False
    mount_path: str | None = None
    alias_of: str | None = None


def wanted(key: object, value: object) -> WantedVariable:
    """What a mapping says of one key.

    Raises:
        ConfigurationError: the key or the value cannot be one.
    """
    if not isinstance(key, str) or not key.strip():
        raise ConfigurationError(f"a key must be a non-empty string, got {one_line(repr(key))}")
    match value:
        case AliasOf():
            return WantedVariable(alias_of=value.key)
        case MountedFile():
            return attrs.evolve(wanted(key, value.content), mount_path=value.mount_path)
        case SecretValue():
            return WantedVariable(text=value.value, is_secret=True)
        case SecretText():
            return WantedVariable(text=value, is_secret=True)
        case str():
            return WantedVariable(text=value)
        case _:
            raise ConfigurationError(
                f"the value of {one_line(key)} must be a string, SecretValue, AliasOf or MountedFile, "
                f"got {type(value).__name__}"
            )
