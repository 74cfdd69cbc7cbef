"""How is one part of an object changed, where Qovery only replaces the whole?

Imported by every namespace, so what is in it is imported when it is first touched.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qovery_async.runtime.patching.difference import PatchPreview as PatchPreview
    from qovery_async.runtime.patching.patch import OnConflict as OnConflict
    from qovery_async.runtime.patching.patch import Patch as Patch
    from qovery_async.runtime.patching.patch import boxed as boxed
    from qovery_async.runtime.patching.patch import listed as listed
else:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name not in ("OnConflict", "Patch", "PatchPreview", "boxed", "listed"):
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{'difference' if name == 'PatchPreview' else 'patch'}"), name)
