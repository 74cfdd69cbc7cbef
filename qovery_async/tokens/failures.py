"""How can a token not be rotated?"""

from __future__ import annotations

from typing import Literal

from qovery_async.errors import QoveryError

RotationStep = Literal["create", "store", "verify", "revoke"]
"""What a rotation does, in this order."""


class TokenNotRotated(QoveryError):
    """A rotation ended early. The message says which token works and what to do; it never shows a token.

    `step` is what failed: `create`, `store`, `verify` or `revoke`. `old_id` and `new_id` are the ids of both API tokens;
    `new_id` is None where there is no new one, or its id is not known. `working_id` is that of the token that works for
    certain: the old one until the new one is verified. `stored` is whether `store` returned.
    """

    def __init__(
        self,
        message: str,
        *,
        step: RotationStep,
        old_id: str,
        new_id: str | None = None,
        working_id: str,
        stored: bool = False,
    ) -> None:
        super().__init__(message)
        self.step: RotationStep = step
        self.old_id = old_id
        self.new_id = new_id
        self.working_id = working_id
        self.stored = stored

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.args, self.__dict__)


def _restore(kind: type[TokenNotRotated], args: tuple[object, ...], attributes: dict[str, object]) -> TokenNotRotated:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(attributes)
    return error
