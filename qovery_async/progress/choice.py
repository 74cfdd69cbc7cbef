"""Which reporter does `progress=` mean?"""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager, nullcontext
from importlib import import_module
from typing import Literal

from qovery_async.errors import ConfigurationError
from qovery_async.progress.reports import CallingReporter, ProgressHook, Reporter


def reporter(progress: ProgressHook | Literal["rich"] | None, title: str) -> AbstractAsyncContextManager[Reporter]:
    """The reporter of a job; `title` says in a few words which job it is.

    Raises:
        ConfigurationError: as `check_progress`.
    """
    check_progress(progress)
    if progress is None:
        return nullcontext(Reporter())
    if callable(progress):
        return nullcontext(CallingReporter(progress))
    from qovery_async.progress.drawing import shown

    return shown(title)


def check_progress(progress: ProgressHook | Literal["rich"] | None) -> None:
    """Checks what a user gave, for jobs that send requests before they have a reporter.

    Raises:
        ConfigurationError: `progress` is something else, or `rich` is not installed.
    """
    if progress is None or callable(progress):
        return
    if progress != "rich":
        raise ConfigurationError(f"progress must be a function, 'rich' or None, got {progress!r}")
    try:
        import_module("rich.live")
    except ImportError:
        raise ConfigurationError("progress='rich' needs the extra `rich`: pip install rich") from None
