"""What do the modules of `qovery_async/resources` and `qovery_sync/resources` look like?"""

from __future__ import annotations

from codegen.facts import Api, Operation
from codegen.methods import Decided, method
from codegen.spelling import pascal, singular, spoken
from codegen.writer import Writer

# Operations that fit into one module of some 500 lines.
_MODULE_SIZE = 38


class ResourceFiles:
    """The text of every module of namespaces, by path, in either face."""

    def __init__(self, api: Api, writer: Writer) -> None:
        self._api = api
        self._writer = writer
        self._decided = Decided.read()

    def files(self, package: str) -> dict[str, str]:
        blocking = package == "qovery_sync"
        namespaces: dict[str, list[Operation]] = {}
        for operation in self._api.operations:
            namespaces.setdefault(operation.namespace, []).append(operation)
        tops = sorted({namespace.split(".")[0] for namespace in namespaces})
        tree = self._writer.fill("tree.jinja", tops=[self._names(t) for t in tops], package=package, blocking=blocking)
        imports = {"Resource": f"{package}.resource", "Namespace": "qovery_async.namespace"}
        if blocking:
            imports["resources as asynchronous"] = "qovery_async"
        title = "Which namespaces does a client have?"
        files = {f"{package}/resources/__init__.py": self._writer.module(title, tree, imports)}
        for top in tops:
            children = sorted(n for n in namespaces if n.startswith(f"{top}."))
            size = sum(len(namespaces.get(n, ())) for n in [top, *children])
            modules = [[top], *([c] for c in children)] if size > _MODULE_SIZE else [[top, *children]]
            for module in modules:
                place = module[0].replace(".", "/")
                place += "/__init__" if len(modules) > 1 and module == [top] else ""
                text = self._resource_module(module, namespaces, children, blocking=blocking)
                files[f"{package}/resources/{place}.py"] = text
        return files

    def _resource_module(
        self,
        module: list[str],
        namespaces: dict[str, list[Operation]],
        children: list[str],
        *,
        blocking: bool,
    ) -> str:
        """One namespace, and those nested in it where they fit into one module."""
        package = "qovery_sync" if blocking else "qovery_async"
        elsewhere = [n for n in children if n not in module] if "." not in module[0] else []
        below = {n: self._names(n)["class_"] for n in elsewhere}
        guarded = [f"from {package}.resources.{n} import {class_}" for n, class_ in below.items()]
        classes = []
        for namespace in module:
            operations = namespaces.get(namespace, [])
            names = {operation.name for operation in operations}
            classes.append(
                {
                    "own": self._names(namespace),
                    "namespace": namespace,
                    "methods": [method(o, self._api, self._decided, shadowed="list" in names) for o in operations],
                    "children": [self._names(n) for n in children] if "." not in namespace else [],
                }
            )
        template = "sync_namespace.jinja" if blocking else "async_namespace.jinja"
        body = self._writer.fill(template, classes=classes, guarded=guarded)
        place, _, name = f"qovery_async.resources.{module[0]}".rpartition(".")
        imports = {"Resource": f"{package}.resource", "Namespace": "qovery_async.namespace"}
        if blocking:
            imports[f"{name} as asynchronous"] = place
        title = f"`client.{module[0]}`{', blocking' if blocking else ''}."
        return self._writer.module(title, body, imports)

    def _names(self, namespace: str) -> dict[str, str]:
        top, _, child = namespace.partition(".")
        class_ = f"{pascal(singular(top))}{pascal(child)}" if child else pascal(top)
        about = self._decided.words.namespaces.get(namespace, f"{spoken(child or top).capitalize()}.")
        return {"attribute": child or top, "module": namespace, "class_": class_, "path": namespace, "about": about}
