"""How are deployments saved, and how do those under way go on?"""

from __future__ import annotations

from collections.abc import Iterator

from qovery_async.emulator.life.actions import Action, Trigger
from qovery_async.emulator.life.clock import Timer
from qovery_async.emulator.life.clusters import ClusterLife, ClusterLives
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.life.execution import Execution
from qovery_async.emulator.life.queues import EnvironmentLife
from qovery_async.emulator.life.records import (
    DeploymentRequest,
    DeploymentRun,
    Entry,
    Part,
    ServiceLife,
    StageRun,
)
from qovery_async.emulator.saving.plain import CONVERTER, Json, given, only
from qovery_async.models import StateEnum

_RUN = ("execution_id", "began", "ended", "outcome", "canceling")
_STAGE = ("stage", "status", "began", "ended")
_PART = ("service", "before", "state", "status", "steps", "began", "ended")
_ENTRY = ("at", "step", "message", "error")
_SERVICE = ("state", "deployed", "outdated", "up")
_CLUSTER = ("id", "state", "deployed", "execution_id", "ended", "action", "upgrade_to", "actions_made", "entries")


def saved_life(life: Life) -> Json:
    """All deployments, without what a test has planned with functions."""
    kept = {id(run) for environment in life.environments.values() for run in _runs(environment)}
    older: dict[str, dict[str, DeploymentRun]] = {}
    for service in life.services.values():
        if service.part is not None and id(service.part.run) not in kept:
            run = service.part.run
            older.setdefault(run.request.environment_id, {})[run.execution_id] = run
    written = {id_: _saved_environment(e, older.get(id_, {})) for id_, e in life.environments.items() if _says(e)}
    inside = {request.id for e in life.environments.values() for request in _requests(e)}
    return {
        "ids_drawn": life.ids.drawn,
        "environments": written,
        "services": {id_: _saved_service(service) for id_, service in life.services.items()},
        "ended_requests": [CONVERTER.unstructure(r) for id_, r in life.requests.items() if id_ not in inside],
        "failing": sorted([id_, state.value] for id_, state in life.failing),
        "never_ready": sorted(life.unready),
        "merging": sorted(life.merging),
    }


def restore_life(life: Life, saved: Json) -> None:
    """Gives a new deployment engine what another one knew, except what was scheduled."""
    life.ids.skip_to(saved["ids_drawn"])
    for id_, service in saved["services"].items():
        life.services[id_] = ServiceLife(**given(ServiceLife, service, *_SERVICE))
    runs: dict[tuple[str, str], DeploymentRun] = {}
    for id_, environment in saved["environments"].items():
        for run in _restored_environment(life, id_, environment):
            runs[id_, run.execution_id] = run
    for id_, service in saved["services"].items():
        environment_id, execution_id = service.get("last_run") or ("", "")
        if (last := runs.get((environment_id, execution_id))) is not None:
            life.services[id_].part = next(part for part in last.parts if part.service.id == id_)
    for request in saved["ended_requests"]:
        _know(life, CONVERTER.structure(request, DeploymentRequest))
    life.failing.update((id_, StateEnum(state)) for id_, state in saved["failing"])
    life.unready.update(saved["never_ready"])
    life.merging.update(saved["merging"])


def saved_clusters(clusters: ClusterLives) -> Json:
    """All clusters."""
    return {
        "clusters": [only(cluster, *_CLUSTER) for cluster in clusters.clusters.values()],
        "failing": {id_: state.value for id_, state in sorted(clusters.failing.items())},
    }


def restore_clusters(clusters: ClusterLives, saved: Json) -> None:
    """Gives new clusters the states of others."""
    for each in saved["clusters"]:
        cluster = ClusterLife(**given(ClusterLife, each, *_CLUSTER))
        clusters.clusters[cluster.id] = cluster
    failing: Json = saved["failing"]
    types = {id_: type(ClusterLife("").state)(state) for id_, state in failing.items()}
    clusters.failing.update(types)


def saved_timers(life: Life, clusters: ClusterLives) -> Iterator[Json]:
    """What is scheduled, in its order."""
    for timer in life.clock.timers:
        what = _said(life, clusters, timer)
        if what is not None:
            yield {"due": timer.due, **what}


def restore_timer(life: Life, clusters: ClusterLives, saved: Json) -> None:
    """Schedules what was scheduled."""
    seconds = max(0.0, saved["due"] - life.clock.elapsed())
    if saved["what"] == "cluster":
        trigger = CONVERTER.structure(saved["trigger"], Trigger)
        clusters.go_on(clusters.cluster(saved["id"]), seconds, saved["step"], Action(saved["action"]), trigger)
        return
    environment = life.environments[saved["environment"]]
    if saved["what"] == "show":
        life.show_later(environment, life.requests[saved["request"]], seconds)
    elif saved["what"] == "cancel":
        life.cancel_later(environment, life.requests[saved["request"]], seconds, force=saved["force"])
    elif environment.execution is None:
        raise ValueError(f"environment {environment.id} deploys nothing")
    elif saved["what"] == "stage":
        environment.execution.begin_stages(seconds)
    else:
        part = next(part for part in environment.execution.run.parts if part.service.id == saved["service"])
        environment.execution.go_on(part, seconds, saved["step"])


def _said(life: Life, clusters: ClusterLives, timer: Timer) -> Json | None:
    """What a timer does, or None for what a test has scheduled, and for what was removed meanwhile."""
    match timer.what:
        case ("cluster", ClusterLife() as cluster, str(step), Action() as action, Trigger() as trigger):
            by = CONVERTER.unstructure(trigger)
            is_there = clusters.clusters.get(cluster.id) is cluster
            about: Json = {"id": cluster.id, "step": step, "action": action.value, "trigger": by}
        case ("show" | "cancel", EnvironmentLife() as environment, DeploymentRequest() as request, *force):
            is_there = life.requests.get(request.id) is request and environment.id in life.environments
            about = {"environment": environment.id, "request": request.id} | ({"force": force[0]} if force else {})
        case ("stage" | "part", Execution() as execution, *rest):
            id_ = execution.run.request.environment_id
            is_there = id_ in life.environments and life.environments[id_].execution is execution
            about = {"environment": id_}
            match rest:
                case [Part() as part, str(step)]:
                    about |= {"service": part.service.id, "step": step}
                case _:
                    pass
        case _:
            return None
    return {"what": timer.what[0], **about} if is_there else None


def _runs(environment: EnvironmentLife) -> list[DeploymentRun]:
    return environment.past + ([environment.execution.run] if environment.execution is not None else [])


def _requests(environment: EnvironmentLife) -> list[DeploymentRequest]:
    return environment.pending + [run.request for run in _runs(environment)]


def _says(environment: EnvironmentLife) -> bool:
    return bool(environment.runs_made or environment.pending)


def _saved_environment(environment: EnvironmentLife, older: dict[str, DeploymentRun]) -> Json:
    saved: Json = {
        "runs_made": environment.runs_made,
        "last_epoch": environment.last_epoch,
        "older": [_saved_run(run) for run in older.values()],
        "past": [_saved_run(run) for run in environment.past],
        "pending": [CONVERTER.unstructure(request) for request in environment.pending],
    }
    if (going := environment.execution) is not None:
        saved["going"] = _saved_run(going.run) | {"stage": going.current, "chances_drawn": going.chances.drawn}
    return saved


def _restored_environment(life: Life, id_: str, saved: Json) -> Iterator[DeploymentRun]:
    environment = life.environment(id_)
    environment.runs_made, environment.last_epoch = saved["runs_made"], saved["last_epoch"]
    for each in saved["older"]:
        yield _restored_run(life, each)
    for each in saved["past"]:
        run = _restored_run(life, each)
        environment.past.append(run)
        _know(life, run.request)
        yield run
    for each in saved["pending"]:
        environment.pending.append(_know(life, CONVERTER.structure(each, DeploymentRequest)))
    if (going := saved.get("going")) is not None:
        run = _restored_run(life, going)
        _know(life, run.request)
        environment.execution = life.execution(environment, run)
        environment.execution.current = going["stage"]
        environment.execution.chances.skip_to(going["chances_drawn"])
        yield run


def _know(life: Life, request: DeploymentRequest) -> DeploymentRequest:
    life.requests[request.id] = request
    return request


def _saved_run(run: DeploymentRun) -> Json:
    return {
        "request": CONVERTER.unstructure(run.request),
        **only(run, *_RUN),
        "stages": [
            {**only(stage, *_STAGE), "parts": [only(part, *_PART) for part in stage.parts]} for stage in run.stages
        ],
        "entries": [
            only(entry, *_ENTRY) | ({"service": entry.part.service.id} if entry.part else {}) for entry in run.entries
        ],
    }


def _restored_run(life: Life, saved: Json) -> DeploymentRun:
    request = CONVERTER.structure(saved["request"], DeploymentRequest)
    run = request.run = DeploymentRun(request=request, **given(DeploymentRun, saved, *_RUN))
    for each in saved["stages"]:
        stage = StageRun(**given(StageRun, each, *_STAGE))
        run.stages.append(stage)
        for one in each["parts"]:
            known = given(Part, one, *_PART)
            # A service that is gone has a life of its own, which nobody sees.
            of_service = life.services.get(known["service"].id) or ServiceLife()
            stage.parts.append(Part(run=run, stage=stage.stage, life=of_service, **known))
    parts = {part.service.id: part for part in run.parts}
    for each in saved["entries"]:
        service = each.get("service")
        run.entries.append(Entry(**given(Entry, each, *_ENTRY), part=parts[service] if service else None))
    return run


def _saved_service(service: ServiceLife) -> Json:
    saved = only(service, *_SERVICE)
    if service.part is not None:
        saved["last_run"] = [service.part.run.request.environment_id, service.part.run.execution_id]
    return saved
