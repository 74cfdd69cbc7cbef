"""What would have been remembered of a deployment that never ran here: the past of a world that is made up?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from qovery_async.emulator.life.actions import COURSES, DOWN, ERRORS, UP, Action, Service, Stage
from qovery_async.emulator.life.records import Entry, Part, Request, Run, ServiceLife, StageRun, UpTime
from qovery_async.models.statuses import ServiceActionStatusEnum, StageStatusEnum, StateEnum

TOOK: Final = timedelta(seconds=30)
"""How long a deployment of the past took."""


def past_run(
    request: Request,
    execution_id: str,
    plan: Sequence[tuple[Stage, Sequence[tuple[Service, ServiceLife]]]],
    states: Mapping[str, StateEnum],
) -> Run:
    """A run that began when it was accepted and left services in the given final states."""
    began, ended = request.accepted_at, request.accepted_at + TOOK
    run = Run(request=request, execution_id=execution_id, began=began, ended=ended, outcome=_outcome(states))
    request.run = run
    for stage, services in plan:
        stage_run = StageRun(stage, status=StageStatusEnum.DONE, began=began, ended=ended)
        for service, life in services:
            state = states[service.id]
            if state is StateEnum.READY:
                continue
            life.state = state
            life.deployed = state in UP | DOWN
            if state in UP:
                life.up.append(UpTime(ended))
            life.part = Part(
                run=run,
                stage=stage,
                service=service,
                life=life,
                before=StateEnum.READY,
                state=state,
                status=_status(state),
                began=began,
                ended=ended,
            )
            stage_run.parts.append(life.part)
            if state in ERRORS:
                stage_run.status = StageStatusEnum.ERROR
            run.entries.append(Entry(ended, state.value.capitalize(), f"{service.name}: {state.value}", life.part))
        if stage_run.parts:
            run.stages.append(stage_run)
    return run


def past_action(states: Mapping[str, StateEnum]) -> Action:
    """What would have left services in these states."""
    outcome = _outcome(states)
    return next((a for a, course in COURSES.items() if outcome in {course.done, course.failed}), Action.DEPLOY)


def _outcome(states: Mapping[str, StateEnum]) -> StateEnum:
    found = set(states.values()) - {StateEnum.READY}
    for state in (*sorted(ERRORS), StateEnum.CANCELED, StateEnum.DEPLOYED):
        if state in found:
            return state
    return min(found, default=StateEnum.DEPLOYED)


def _status(state: StateEnum) -> ServiceActionStatusEnum:
    if state is StateEnum.CANCELED:
        return ServiceActionStatusEnum.CANCELED
    return ServiceActionStatusEnum.ERROR if state in ERRORS else ServiceActionStatusEnum.SUCCESS
