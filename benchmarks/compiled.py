"""How does a benchmark of imports begin? With compiled modules, as pip leaves them.

Where PYTHONDONTWRITEBYTECODE is set, each process would compile what it imports, which takes three times as long.
"""

from __future__ import annotations

import compileall

import qovery_async
import qovery_sync


def compile_modules() -> None:
    """Compiles the modules of both packages that have changed."""
    for package in (qovery_async, qovery_sync):
        compileall.compile_dir(package.__path__[0], quiet=1)
