"""Is a verdict on a random timeline true? The oracle knows what became of the request; the verdict saw only statuses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from random import Random

import attrs

from qovery_async.deployments.kinds import DeploymentAction
from qovery_async.deployments.patience import intervals
from qovery_async.deployments.verdict import SUCCESS, Expectation, Verdict
from tests.support.timelines import FOREVER, Request, Timeline

_CHOSEN: tuple[DeploymentAction, ...] = (
    "deploy", "deploy", "redeploy", "stop", "restart", "delete", "uninstall", "cancel",
)  # fmt: skip
WITH_ID = ("deploy", "redeploy", "restart", "cancel")
ASKED = 0.02
"""When the request is accepted. What was before it is looked at a little earlier."""
PATIENCE = 400.0
_BEFORE = -1.1
"""Runs that began earlier were seen before the request."""


@attrs.define(kw_only=True)
class Case:
    """A request, what carried it out, and how it was judged."""

    timeline: Timeline
    action: DeploymentAction
    services: frozenset[str] | None
    carrier: Request | None
    """None if the environment was gone before."""
    request_id: str | None
    """As the response had it."""
    is_known: bool
    """Whether the API knows that id later: it does not if the request was merged."""
    verdict: Verdict = Verdict.WAIT
    at: float = 0.0
    view: float = 0.0
    """The time of the truth that the last look showed."""
    looks: int = 0

    @property
    def by_id(self) -> bool:
        return self.request_id is not None and self.is_known

    def kept(self, request: Request, until: float) -> bool:
        """Whether a run has brought all that the request was about where it was to be."""
        wanted = SUCCESS[self.action]
        if self.action == "cancel":
            canceled = request.canceled_at is not None and request.canceled_at <= until
            return canceled or (request.outcome == "CANCELED" and (request.ends or FOREVER) <= until)
        if self.services is None:
            return request.outcome in wanted and request.ends is not None and request.ends <= until
        ends = [request.ended.get(id_, ("", FOREVER)) for id_ in self.services]
        return all(state in wanted and at <= until for state, at in ends)

    @property
    def is_over(self) -> bool:
        carrier = self.carrier
        if carrier is None:
            return False
        own = [carrier.ended.get(id_, ("", FOREVER))[1] <= self.at for id_ in self.services or ()]
        return _over_at(carrier) <= self.at or (bool(own) and all(own))

    @property
    def later(self) -> list[Request]:
        """The runs of others since the request, which may be taken for it where no id says whose they are."""
        runs = self.timeline.runs
        return [
            run for run in runs if run is not self.carrier and (run.ends or FOREVER) <= self.at and run.begins > _BEFORE
        ]

    def wrong(self) -> str:
        """What is not true about the verdict; empty if it is."""
        excused = self.timeline.gone_at <= self.at or self._missing(self.at)
        kept = self.carrier is not None and self.kept(self.carrier, self.at)
        match self.verdict:
            case Verdict.DONE:
                return "" if kept or self._stands() else "DONE, but it has not succeeded"
            case Verdict.FAILED | Verdict.CANCELED if excused:
                return ""
            case Verdict.FAILED | Verdict.CANCELED if not self.is_over:
                return f"{self.verdict.name} before the end"
            case Verdict.FAILED | Verdict.CANCELED if kept and not (self._overtaken() or self._merged_into_failure()):
                return f"{self.verdict.name}, but it has succeeded"
            case Verdict.CANCELED if "CANCELED" not in self._ends():
                return "CANCELED, but nobody has canceled"
            case Verdict.WAIT if self.is_over and not self._without_trace():
                return "no verdict"
            case _:
                return ""

    def _stands(self) -> bool:
        """Whether what was asked for holds all the same, brought about by another run, and no id says whose it is."""
        wanted, parts = SUCCESS[self.action], [self.timeline.tracks[id_].at(self.view) for id_ in self.services or ()]
        if self.action == "delete":
            return self.timeline.gone_at <= self.view or (bool(parts) and not any(parts))
        if self.by_id or self.timeline.gone_at <= self.view:
            return False
        if self.services is None:
            parts = [self.timeline.tracks[id_].at(self.view) for id_ in self.timeline.services]
            parts = [part for part in parts if part and part.run and part.run.begins > _BEFORE]
        are_fine = all(part and part.state in wanted and part.status == "SUCCESS" for part in parts)
        return are_fine and (self.is_over or (self.action in ("stop", "uninstall") and self.services is not None))

    def _overtaken(self) -> bool:
        """Whether others have acted since, where no id says whose a state is."""
        return not self.by_id and bool(self.later)

    def _merged_into_failure(self) -> bool:
        carrier = self.carrier
        return bool(carrier and self.services and carrier.outcome not in SUCCESS[self.action])

    def _without_trace(self) -> bool:
        """Whether there is no way to see the end: canceled in the queue, or what others do since goes on for ever."""
        carrier = self.carrier
        if self.by_id or carrier is None:
            return carrier is None
        deleted = self.action == "delete" and any(run.outcome == "DELETED" for run in self.later)
        stuck = any(FOREVER > run.begins > _BEFORE and (run.ends or 0) >= FOREVER for run in self.timeline.runs)
        return carrier.canceled_at is not None or deleted or stuck

    def _missing(self, at: float) -> bool:
        return any(self.timeline.tracks[id_].at(at) is None for id_ in self.services or ())

    def _ends(self) -> set[str]:
        runs = [*self.later, *([self.carrier] if self.carrier else [])]
        return {state for run in runs for state in (run.outcome, "CANCELED" if run.canceled_at else "")}


def case(seed: int) -> Case:
    """A request in a random timeline."""
    for attempt in itertools.count():
        if (made := _case(Random(f"{seed}/{attempt}"))) is not None:
            return made
    raise AssertionError


def _case(random: Random) -> Case | None:
    timeline = Timeline(random)
    action = random.choice(_CHOSEN)
    ids = timeline.services
    some = set(random.sample(ids, random.randint(1, len(ids))))
    named = some if action == "restart" or (action != "cancel" and random.random() < 0.5) else None
    has_id = action in WITH_ID or (action == "stop" and named is None)
    answers = has_id and (action == "cancel" or random.random() < 0.95)
    for since, until, most in ((-20.0, 0.0, 2), (0.0, 40.0, 2)):
        for at in sorted(random.uniform(since, until) for _ in range(random.choice((0, 0, 1, most)))):
            others = set(random.sample(ids, random.randint(1, len(ids))))
            does = random.choice(("deploy", "stop", "restart", "uninstall", action))
            named_too = None if random.random() < 0.5 else others
            if (does, named_too) not in (("delete", None), ("cancel", None)) and does != "cancel":
                timeline.new(random.choice(("ada", "bob")), does, at, named_too)
    if random.random() < 0.15:
        timeline.cancels.append(random.uniform(0.5, 30.0))
    if random.random() < 0.05:
        timeline.gone_at = random.uniform(1.0, 40.0)
    if random.random() < 0.05:
        timeline.stuck = random.choice(ids)
    lost = action != "cancel" and random.random() < 0.1  # merged into one that nobody knows of
    if action == "cancel":
        timeline.cancels.insert(0, ASKED)
        ours = None
    else:
        late = random.uniform(5.0, 60.0) if answers and not lost and random.random() < 0.15 else None
        ours = timeline.new("ada", action, ASKED, named, late)
    carried = timeline.settle()
    if ours is None:
        running = [each for each in timeline.runs if each.accepted <= ASKED and _over_at(each) > ASKED]
        if not running:
            return None
        carrier: Request | None = running[0]
    else:
        carrier = carried.get(ours.id)
    view = -0.05 - random.uniform(0, timeline.view_lag)
    if any(timeline.tracks[id_].at(view) is None for id_ in named or ()) or not carrier:
        return None
    is_known = not lost and (ours is None or carrier is ours or random.random() < 0.5)
    id_ = None
    if answers:
        id_ = carrier.id if is_known else "lost"
    services = frozenset(named) if named else None
    return Case(timeline=timeline, action=action, services=services, carrier=carrier, request_id=id_, is_known=is_known)


def _over_at(request: Request) -> float:
    over = request.ends if request.canceled_at is None else request.canceled_at
    return FOREVER if over is None else over


def judge(case: Case, random: Random) -> None:
    """Looks again and again, as late and as often as a client does, until there is a verdict or no patience is left."""
    timeline = case.timeline
    before = timeline.snapshot(-0.05 - random.uniform(0, timeline.view_lag))
    expectation = Expectation(action=case.action, before=before, service_ids=case.services)
    if case.action == "cancel" or case.request_id != before.deployment_request_id:
        expectation.request_id = case.request_id
    else:
        case.request_id = None
    case.at = ASKED + 0.05
    case.view = -FOREVER
    for seconds in intervals():
        case.at += seconds + random.uniform(0, 0.2)
        if case.at > PATIENCE:
            return
        if random.random() < 0.1:
            continue  # this look fails
        case.looks += 1
        case.view = max(case.view, case.at - random.uniform(0, timeline.view_lag))
        case.verdict = expectation.see(timeline.snapshot(case.view), case.at)
        if case.verdict is Verdict.ASK:
            case.verdict = expectation.told(_told(case, random))
        if case.verdict is not Verdict.WAIT:
            return


def _told(case: Case, random: Random) -> str | None:
    if random.random() < 0.1:
        return "UNKNOWN"
    return case.carrier.state_at(case.at) if case.is_known and case.carrier else None


def judged(seeds: Sequence[int]) -> list[Case]:
    cases = [case(seed) for seed in seeds]
    for seed, each in zip(seeds, cases, strict=True):
        judge(each, Random(f"looks/{seed}"))
    return cases
