"""What a conversion or a patch has to know beyond the names of keys: the kinds of rows of `table.py`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from qovery_async.vocabulary.values import frozen

Pair = tuple[str, str]
"""The names of a response's model and of the request's model that it becomes."""


@frozen
class Conversion:
    """How a response becomes a request, where that is more than the keys that both have.

    `moved` maps a key of the request to the place of its value in the response, such as `registry.id`.
    `defaults` are the values of keys that the request needs and the response may not have.
    `unsendable` are the values of keys that only a response can have.
    """

    moved: Mapping[str, str] = attrs.Factory(dict[str, str])
    defaults: Mapping[str, Any] = attrs.Factory(dict[str, Any])
    unsendable: Mapping[str, str] = attrs.Factory(dict[str, str])


@frozen
class NeverBack:
    """A value that never comes back, and that sending an object without it would erase, or may.

    `path` is its place in the request; `[]` in it stands for each item of a list. The object holds one where `held` is
    there, or has the value behind `=`, unless `unless` is there. Both are looked up in the request, then in the
    response.
    """

    path: str
    held: str = ""
    unless: str = ""
    is_known: bool = False
    """Whether it is known that Qovery erases it; otherwise nobody knows."""
