"""What does the console show of an emulator? Parts of a page, each rendered anew when something has changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice

import attrs

from qovery_async.emulator.console.journal import Journal
from qovery_async.emulator.console.markup import Markup, element, together
from qovery_async.emulator.faults.rules import Faults, Rule
from qovery_async.emulator.life import statuses
from qovery_async.emulator.life.clock import Clock, RunningClock
from qovery_async.emulator.life.environments import Life
from qovery_async.emulator.world import versions
from qovery_async.emulator.world.state import Entity, State
from qovery_async.emulator.world.views import service_type, services_of

MOST_ENVIRONMENTS, MOST_SERVICES, MOST_REQUESTS, MOST_RULES = 60, 40, 30, 20
_LONGEST_VERSION = 12
_NO_STATUS = "client left"

_TONES: Mapping[str, str] = {
    "ERROR": "bad", "CANCELED": "odd", "CANCELING": "busy", "QUEUED": "busy", "ING": "busy",
    "DEPLOYED": "good", "RESTARTED": "good", "STOPPED": "off", "DELETED": "off", "READY": "off",
}  # fmt: skip
"""The tone of a state by its end."""


@attrs.frozen
class Picture:
    """The parts of the console's page, by the id of the element that holds each."""

    state: State
    clock: Clock
    life: Life
    faults: Faults
    journal: Journal

    def parts(self, find: str) -> dict[str, Markup]:
        """All parts. `find` chooses environments by their names and those of their projects and services."""
        return {
            "clock": self._clock(),
            "organization": self._organization(find),
            "requests": self._requests(),
            "faults": self._faults(),
        }

    @property
    def title(self) -> str:
        """The names of the organizations."""
        return ", ".join(_name(entity) for entity in islice(self.state.root.of_kind("organization"), 3))

    def _clock(self) -> Markup:
        now = self.clock.now().isoformat(" ", "seconds").removesuffix("+00:00")
        if isinstance(self.clock, RunningClock):
            speed = self.clock.speed
            about = "The clock runs." if speed == 1 else f"The clock runs {speed:g} times as fast as real time."
        else:
            about = "The clock stands still until it is advanced."
        return together(element("time", now), " UTC", element("span", about, class_="about"))

    def _organization(self, find: str) -> Markup:
        found = list(self._found(find.casefold().split()))
        cards: list[Markup] = []
        project: Entity | None = None
        for environment in found[:MOST_ENVIRONMENTS]:
            if environment.parent is not project and environment.parent is not None:
                project = environment.parent
                cards.append(element("h3", _name(project)))
            cards.append(self._environment(environment))
        left = len(found) - MOST_ENVIRONMENTS
        if left > 0:
            cards.append(element("p", f"{left} more environments are not shown: find them by name.", class_="about"))
        if not found:
            cards.append(element("p", "No environment" + (" has these names." if find else " yet."), class_="about"))
        return together(*cards)

    def _found(self, words: Iterable[str]) -> Iterator[Entity]:
        """The environments whose names, or those of their projects or services, have all the words."""
        for organization in self.state.root.of_kind("organization"):
            for project in organization.of_kind("project"):
                for environment in project.of_kind("environment"):
                    names = [_name(project), _name(environment), *(_name(s) for s in services_of(environment))]
                    text = "/".join(names).casefold()
                    if all(word in text for word in words):
                        yield environment

    def _environment(self, environment: Entity) -> Markup:
        status = statuses.environment_status(self.life, environment.id)
        services = list(services_of(environment))
        rows = [self._service(service) for service in services[:MOST_SERVICES]]
        if len(services) > MOST_SERVICES:
            rows.append(element("li", f"and {len(services) - MOST_SERVICES} more", class_="about"))
        return element(
            "article",
            element("header", element("h4", _name(environment)), _state(status["state"])),
            element("p", str(environment.value.get("mode", "")).capitalize(), class_="about"),
            element("ul", *rows) if rows else element("p", "No service", class_="about"),
        )

    def _service(self, service: Entity) -> Markup:
        status = statuses.service_status(self.life, service.parent.id if service.parent else "", service.id)
        version = versions.version_of(service)[:_LONGEST_VERSION]
        outdated = status["service_deployment_status"] == "OUT_OF_DATE"
        about = " ".join([service_type(service).lower().replace("_", " "), version]).strip()
        return element(
            "li",
            element("span", _name(service), class_="name"),
            _state(status["state"]),
            element("span", f"{about}{', out of date' if outdated else ''}", class_="about"),
        )

    def _requests(self) -> Markup:
        rows = [
            element(
                "li",
                element("span", entry.method, class_="name"),
                element("span", entry.path),
                element("span", entry.at.strftime("%H:%M:%S"), class_="about"),
                element(
                    "span",
                    element(
                        "span", _NO_STATUS if entry.status is None else str(entry.status), class_=_tone(entry.status)
                    ),
                    element("span", f"{entry.milliseconds:.1f} ms", class_="about"),
                ),
            )
            for entry in self.journal.newest_first(MOST_REQUESTS)
        ]
        return element("ol", *rows) if rows else element("p", "No request yet.", class_="about")

    def _faults(self) -> Markup:
        rules = self.faults.rules
        if not rules:
            return element("p", "No fault is injected.", class_="about")
        rows = [element("li", self._rule(rule)) for rule in rules[-MOST_RULES:]]
        left = len(rules) - MOST_RULES
        return together(element("ol", *rows), element("p", f"and {left} older ones") if left > 0 else None)

    def _rule(self, rule: Rule) -> str:
        limits = "" if rule.probability >= 1 else f", {rule.probability:.0%} of them"
        if rule.count is not None:
            limits += f", at most {rule.count}"
        if rule.until is not None:
            left = rule.until - self.clock.elapsed()
            limits += f", for {left:.0f} s more" if left > 0 else ", over"
        return f"{rule.fault.name} for {rule.call or 'all requests'}{limits}: struck {rule.inflicted} of {rule.seen}"


def _name(entity: Entity) -> str:
    return str(entity.value.get("name") or entity.id)


def _state(state: str) -> Markup:
    tone = next((tone for end, tone in _TONES.items() if state.endswith(end)), "odd")
    return element("span", state.replace("_", " ").capitalize(), class_=f"state {tone}")


def _tone(status: int | None) -> str:
    if status is None or status >= 500:
        return "bad"
    return "odd" if status >= 400 else "good"
