"""Whose ids does a worker of the chaos run use? Those of objects that bear its own labels."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from chaos.workers import KINDS, Home, Step, Worker, label_of

HOME = Home("o1", "p1", "e1", "p2")
PROJECT = KINDS[0]


def worker() -> Worker:
    return Worker(1, 0, HOME, cancels=False)


def ended(verb: Any, result: Any, *, key: str = "", done: bool = True) -> Worker:
    """A worker that has learnt of one ended call, with the number 9."""
    it = worker()
    it.learn(Step(9, verb, "projects.x", ((), {}), PROJECT.name, key), result, done=done)
    return it


def project(id_: str | None, label: Any) -> Any:
    return SimpleNamespace(id=id_, description=label)


def used(it: Worker) -> set[tuple[str, str, int | None]]:
    """The objects that the worker uses: their key, their id, and the call that it comes from."""
    steps = [it.next(call) for call in range(100, 1000)]
    return {(s.key, s.arguments[0][0], s.id_from) for s in steps if s.operation == "projects.get" and s.verb == "get"}


def test_what_it_created() -> None:
    assert used(ended("create", project("a", label_of("w01-project-9", 9)), key="w01-project-9")) == {
        ("w01-project-9", "a", 9)
    }


def test_what_it_found_in_a_list_after_its_creation_had_failed() -> None:
    found = [
        project("a", label_of("w01-project-3", 3)),
        project("b", label_of("w02-project-4", 4)),
        project("c", "home"),
        project(None, label_of("w01-project-5", 5)),
        None,
    ]
    assert used(ended("list", found)) == {("w01-project-3", "a", 9)}


def test_not_the_response_to_another_request() -> None:
    for result in (
        project("a", label_of("w01-project-8", 8)),
        project("a", label_of("w02-project-9", 9)),
        project("a", 9),
        None,
    ):
        assert not used(ended("create", result, key="w01-project-9"))
    assert not used(ended("create", project("a", label_of("w01-project-9", 9)), key="w01-project-9", done=False))


def test_not_a_list_of_another_kind() -> None:
    assert not used(ended("list", [project("a", label_of("w01-webhook-3", 3))]))


def test_nothing_that_it_deleted_until_it_is_listed() -> None:
    it = ended("list", [project("a", label_of("w01-project-3", 3))])
    it.learn(Step(10, "delete", "projects.delete", ((), {}), PROJECT.name, "w01-project-3"), None, done=False)
    assert not used(it)
    it.learn(
        Step(11, "list", "projects.list", ((), {}), PROJECT.name),
        [project("a", label_of("w01-project-3", 3))],
        done=True,
    )
    assert used(it) == {("w01-project-3", "a", 11)}
