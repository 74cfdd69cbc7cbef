"""Which operations ask for logs and metrics in queries?"""

from __future__ import annotations

from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world.calls import ApiCall, ApiHandlers, ApiResponse


def handlers(life: Life) -> ApiHandlers:
    """The handlers of both proxies."""

    # Imported late: few programs send queries, and the start of an emulator need not wait for their languages.
    def query_logs(call: ApiCall) -> ApiResponse:
        from qovery_async.emulator.observability import endpoints

        return endpoints.logs_of(life, call)

    def query_metrics(call: ApiCall) -> ApiResponse:
        from qovery_async.emulator.observability import endpoints

        return endpoints.metrics_of(life, call)

    return {"clusters.query_logs": query_logs, "clusters.query_metrics": query_metrics}
