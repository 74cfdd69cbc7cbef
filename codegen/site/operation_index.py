"""Which call is behind which HTTP request? One table with all operations."""

from __future__ import annotations

from collections.abc import Mapping

from codegen.decisions.named import Api
from codegen.site.calls import Calls
from codegen.site.names import Linker, cell, relative

PAGE = "reference/operations.md"


def page(api: Api, names: Linker) -> Mapping[str, str]:
    lines = [
        "# Operations",
        "",
        f"All {len(api.operations)} operations of the API, version {api.version}, by path: the HTTP request, and the call in both styles.",
        "`client` is an `AsyncQovery` in the second column, a `Qovery` in the third; optional arguments are left out.",
        "",
        "```python",
        "await client.environments.deploy(environment_id)    # POST /environment/{environmentId}/deploy",
        "```",
        "",
        "| HTTP | Async | Blocking |",
        "| --- | --- | --- |",
    ]
    calls = Calls(api)
    for operation in sorted(api.operations, key=lambda one: (one.path, one.method)):
        request = f"{operation.method} {operation.path}" + (" (deprecated)" if operation.deprecated else "")
        place = relative(names.places[operation.call], PAGE)
        call = calls.operation(operation)
        cells = (f"[`{request}`]({place})", f"`await {call}`", f"`{call}`")
        lines.append(f"| {' | '.join(map(cell, cells))} |")
    return {PAGE: "\n".join([*lines, ""])}
