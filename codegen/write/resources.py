"""What do the modules of `qovery_async/resources` look like, and `qovery_async/namespaces.py`?"""

from __future__ import annotations

from codegen.decisions.capabilities import Capabilities
from codegen.decisions.named import Api, Operation
from codegen.spelling import pascal, singular, spoken
from codegen.write.methods import Decided, method
from codegen.write.module import Writer
from codegen.write.patches import patch

# Operations that fit into one module of some 500 lines.
_MODULE_SIZE = 38
_IMPORTS = {"Resource": "qovery_async.runtime.resource", "Namespace": "qovery_async.runtime.namespace"}


class ResourceFiles:
    """The source of every module of namespaces, by path."""

    def __init__(self, api: Api, writer: Writer, capabilities: Capabilities) -> None:
        self._api = api
        self._writer = writer
        self._capabilities = capabilities
        self._decided = Decided.read()

    def files(self) -> dict[str, str]:
        namespaces: dict[str, list[Operation]] = {}
        for operation in self._api.operations:
            namespaces.setdefault(operation.namespace, []).append(operation)
        tops = sorted({namespace.split(".")[0] for namespace in namespaces})
        files = {
            "qovery_async/namespaces.py": self._tree(tops),
            "qovery_async/resources/__init__.py": self._writer.module("The operations of the API.", "", {}),
        }
        for top in tops:
            children = sorted(n for n in namespaces if n.startswith(f"{top}."))
            size = sum(len(namespaces.get(n, ())) for n in [top, *children])
            modules = [[top], *([c] for c in children)] if size > _MODULE_SIZE else [[top, *children]]
            for module in modules:
                place = module[0].replace(".", "/")
                place += "/__init__" if len(modules) > 1 and module == [top] else ""
                files[f"qovery_async/resources/{place}.py"] = self._resource_module(module, namespaces, children)
        return files

    def _tree(self, tops: list[str]) -> str:
        """All that hangs on a client: generated namespaces, and the classes mounted beside or in place of them."""
        classes = {top: f"qovery_async.resources.{top}.{pascal(top)}" for top in tops} | self._capabilities.mount
        entries = []
        for attribute, dotted in sorted(classes.items()):
            module, _, class_ = dotted.rpartition(".")
            place = module.partition(".")[2]
            entries.append({"attribute": attribute, "module": module, "place": place, "class_": class_})
        body = self._writer.fill("namespaces.jinja", tops=entries)
        imports = {"Root": "qovery_async.runtime.root", "Namespace": "qovery_async.runtime.namespace"}
        return self._writer.module("Which namespaces does a client have?", body, imports)

    def _resource_module(self, module: list[str], namespaces: dict[str, list[Operation]], children: list[str]) -> str:
        """One namespace, and those nested in it where they fit into one module."""
        elsewhere = [n for n in children if n not in module] if "." not in module[0] else []
        below = {n: self._names(n)["class_"] for n in elsewhere}
        guarded = [f"from qovery_async.resources.{n} import {class_}" for n, class_ in below.items()]
        classes = []
        for namespace in module:
            operations = namespaces.get(namespace, [])
            names = {operation.name for operation in operations}
            methods = [method(o, self._api, self._decided, shadowed="list" in names) for o in operations]
            update = next((m for m in methods if m["operation"].name == "update"), None)
            classes.append(
                {
                    "own": self._names(namespace),
                    "namespace": namespace,
                    "methods": methods,
                    "patch": update and patch(namespace, update, self._api, self._decided.patches, self._decided.words),
                    "children": [self._names(n) for n in children] if "." not in namespace else [],
                }
            )
        body = self._writer.fill("async_namespace.jinja", classes=classes, guarded=guarded)
        return self._writer.module(f"`client.{module[0]}`.", body, _IMPORTS)

    def _names(self, namespace: str) -> dict[str, str]:
        top, _, child = namespace.partition(".")
        class_ = f"{pascal(singular(top))}{pascal(child)}" if child else pascal(top)
        about = self._decided.words.namespaces.get(namespace, f"{spoken(child or top).capitalize()}.")
        return {"attribute": child or top, "module": namespace, "class_": class_, "about": about}
