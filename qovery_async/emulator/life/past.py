"""Which deployment explains the states of services in a world that was just created?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from qovery_async.emulator.life import uptimes
from qovery_async.emulator.life.actions import DOWN, ERRORS, STATES_OF, UP, Action, PipelineStage, Service
from qovery_async.emulator.life.records import DeploymentRequest, DeploymentRun, Part, ServiceLife, StageRun
from qovery_async.models import ServiceActionStatusEnum, StageStatusEnum, StateEnum

TOOK: Final = timedelta(seconds=30)
"""The duration of such a deployment."""


def past_run(
    request: DeploymentRequest,
    execution_id: str,
    plan: Sequence[tuple[PipelineStage, Sequence[tuple[Service, ServiceLife]]]],
    states: Mapping[str, StateEnum],
    beat: timedelta,
) -> DeploymentRun:
    """A run that began when its request was accepted and left services in the given states."""
    began, ended = request.accepted_at, request.accepted_at + TOOK
    run = DeploymentRun(request=request, execution_id=execution_id, began=began, ended=ended, outcome=_outcome(states))
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
                uptimes.start(life.up, ended, service.version, execution_id, beat)
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
            run.log(ended, state.value.capitalize(), f"{service.name}: {state.value}", life.part)
        if stage_run.parts:
            run.stages.append(stage_run)
    return run


def past_action(states: Mapping[str, StateEnum]) -> Action:
    """The action that leaves services in these states."""
    outcome = _outcome(states)
    return next((a for a, states in STATES_OF.items() if outcome in {states.done, states.failed}), Action.DEPLOY)


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
