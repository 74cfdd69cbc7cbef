"""Which files does api.json become? Models, resources and their blocking twins."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import attrs
import jinja2

from codegen import docstrings, layout
from codegen.docstrings import Words
from codegen.facts import Answer, Api, Enum, Field, Model, Operation, Parameter, Union, references
from codegen.spelling import member, pascal, singular

_HERE = Path(__file__).parent
_ROOT = _HERE.parent
_GENERATED = ("qovery_async/models", "qovery_async/resources", "qovery_sync/resources")
_IMPORTS = {
    "date": "datetime",
    "datetime": "datetime",
    "Annotated": "typing",
    "Any": "typing",
    "TypeAlias": "typing",
    "TYPE_CHECKING": "typing",
    "Iterator": "collections.abc",
    "Mapping": "collections.abc",
    "Sequence": "collections.abc",
    "define": "attrs",
    "models": "qovery_async",
    "deprecated_call": "qovery_async.deprecation",
    "Items": "qovery_async.pagination",
    "after_last": "qovery_async.pagination",
    "growing": "qovery_async.pagination",
    "next_token": "qovery_async.pagination",
    "Page": "qovery_async.pagination",
    "Call": "qovery_async.transport.request",
    "UNSET": "qovery_async.vocabulary",
    "ByKey": "qovery_async.vocabulary",
    "ByTag": "qovery_async.vocabulary",
    "Model": "qovery_async.vocabulary",
    "OpenEnum": "qovery_async.vocabulary",
    "UnknownVariant": "qovery_async.vocabulary",
    "Unset": "qovery_async.vocabulary",
    "Wire": "qovery_async.vocabulary",
}
# Operations that fit into one module of some 500 lines.
_MODULE_SIZE = 38
_DEFAULTED = "/organization/{organizationId}/"


@attrs.frozen
class Pager:
    style: str
    cursor: str
    key: str = "id"
    items: str = "results"


def generate(api: Api, *, check: bool) -> int:
    """Writes the generated folders, or tells with `check` whether they would change."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder)
        for path, text in _Emitter.of(api).files().items():
            (target / path).parent.mkdir(parents=True, exist_ok=True)
            (target / path).write_text(text, encoding="utf-8")
        _format(target)
        if check:
            return _compare(target)
        for name in _GENERATED:
            shutil.rmtree(_ROOT / name, ignore_errors=True)
            shutil.copytree(target / name, _ROOT / name)
    return 0


def _format(target: Path) -> None:
    config = ["--config", str(_ROOT / "pyproject.toml"), "--quiet"]
    ruff = [sys.executable, "-m", "ruff"]
    for command in (["check", "--fix", "--select", "I"], ["format"]):
        subprocess.run([*ruff, *command, *config, "."], check=True, cwd=target)  # noqa: S603


def _compare(target: Path) -> int:
    def texts(root: Path) -> dict[str, str]:
        paths = (p for name in _GENERATED for p in (root / name).rglob("*.py"))
        return {str(p.relative_to(root)): p.read_text(encoding="utf-8") for p in paths}

    ours, theirs = texts(_ROOT), texts(target)
    different = sorted(p for p in ours.keys() | theirs.keys() if ours.get(p) != theirs.get(p))
    for path in different:
        print(f"differs from what codegen writes: {path}", file=sys.stderr)
    return 1 if different else 0


@attrs.define
class _Emitter:
    api: Api
    layout: layout.Layout
    words: Words
    pagers: dict[str, Pager]
    templates: jinja2.Environment

    @classmethod
    def of(cls, api: Api) -> _Emitter:
        templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_HERE / "templates"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            undefined=jinja2.StrictUndefined,
            autoescape=False,  # noqa: S701  # Python is written, not HTML
        )
        return cls(api, layout.arrange(api), Words.read(), _read_pagers(), templates)

    def files(self) -> dict[str, str]:
        return self._models() | self._resources("qovery_async") | self._resources("qovery_sync")

    def _render(self, template: str, **values: Any) -> str:
        return self.templates.get_template(template).render(**values)

    # models

    def _models(self) -> dict[str, str]:
        where = {name: self.layout.module_of[name] for name in sorted(self.api.schemas)}
        files = {"qovery_async/models/__init__.py": self._render("models.jinja", modules=self.layout.in_order)}
        for module, names in self.layout.in_order.items():
            here = set[str]()
            schemas = []
            for name in names:
                schemas.append(self._schema(name, here))
                here.add(name)
            body = "\n".join(str(schema["text"]) for schema in schemas)
            recursive = [s["name"] for s in schemas if s["recursive"]]
            body += "".join(f"\nattrs.resolve_types({name}, globals())\n" for name in recursive)
            others = {n: f"qovery_async.models.{m}" for n, m in where.items() if m != module}
            title = f"Models: {module.replace('_', ' ')}."
            exports = sorted(name for name in names)
            files[f"qovery_async/models/{module}.py"] = self._module(title, body, others, exports)
        return files

    def _module(self, title: str, body: str, others: dict[str, str], exports: Sequence[str] = ()) -> str:
        """A module with just the imports that its body needs."""
        code = re.sub(r'"""(?:.|\n)*?"""', "", body)
        used = set(re.findall(r"\b\w+\b", code))
        sources: dict[str, list[str]] = {}
        for name, source in (_IMPORTS | others).items():
            if name.split()[-1] in used:
                sources.setdefault(source, []).append(name)
        plain = [name for name in ("builtins", "attrs") if re.search(rf"\b{name}\.", code)]
        # Models are read by the codec at run time, so their annotations are real objects.
        return self._render(
            "module.jinja",
            title=title,
            body=body,
            sources=sources,
            plain=plain,
            exports=exports,
            postponed=not exports,
        )

    def _schema(self, name: str, defined: set[str]) -> dict[str, Any]:
        schema = self.api.schemas[name]
        about = docstrings.model(
            self.layout.used_by[name],
            self.layout.part_of[name],
            {o.call for o in self.api.operations if o.body and name in references(o.body.type)},
        )
        later = self._later(name, defined)
        if isinstance(schema, Enum):
            members = {member(value): value for value in schema.values}
            if len(members) != len(schema.values):
                raise ValueError(f"two values of {name} have the same Python name")
            text = self._render("enum.jinja", name=name, about=about, members=members)
        elif isinstance(schema, Union):
            text = self._render("union.jinja", name=name, about=about, union=schema)
        else:
            fields = [self._attribute(name, field, later) for field in schema.fields]
            fields.sort(key=lambda field: not field["required"])
            text = self._render("model.jinja", name=name, about=about, fields=fields)
        return {"name": name, "text": text, "recursive": bool(later)}

    def _later(self, name: str, defined: set[str]) -> set[str]:
        """What a schema refers to in its own module before that is defined: recursion."""
        schema = self.api.schemas[name]
        types = [field.type for field in schema.fields] if isinstance(schema, Model) else []
        named = {n for type_ in types for n in references(type_)}
        return {n for n in named if self.layout.module_of[n] == self.layout.module_of[name]} - defined

    def _attribute(self, owner: str, field: Field, later: set[str]) -> dict[str, Any]:
        sendable = owner in self.layout.sendable
        type_ = re.sub(r"\b\w+\b", lambda m: f'"{m[0]}"' if m[0] in later else m[0], field.type)
        tag = self._tag_value(owner, field)
        if sendable and not field.required:
            type_ += " | Unset"
        if field.type != "Any" and (field.nullable or not field.required):
            type_ += " | None"
        if field.name != field.wire:
            type_ = f'Annotated[{type_}, Wire("{field.wire}")]'
        default = "UNSET" if sendable else "None"
        if field.required:
            default = f"{field.type}.{tag}" if tag else ""
        return {"name": field.name, "type": type_, "default": default, "required": not default}

    def _tag_value(self, owner: str, field: Field) -> str | None:
        """The one value that a branch's tag can have; nobody should have to write it out."""
        enum = self.api.schemas.get(field.type)
        is_tag = any(
            isinstance(union, Union) and union.tag == field.wire and owner in union.branches
            for union in self.api.schemas.values()
        )
        if is_tag and isinstance(enum, Enum) and len(enum.values) == 1:
            return member(enum.values[0])
        return None

    # resources

    def _resources(self, package: str) -> dict[str, str]:
        blocking = package == "qovery_sync"
        namespaces: dict[str, list[Operation]] = {}
        for operation in self.api.operations:
            namespaces.setdefault(operation.namespace, []).append(operation)
        tops = sorted({namespace.split(".")[0] for namespace in namespaces})
        tree = self._render("tree.jinja", tops=[_names(t) for t in tops], package=package, blocking=blocking)
        imports = {"Resource": f"{package}.resource", "Namespace": "qovery_async.namespace"}
        if blocking:
            imports["resources as asynchronous"] = "qovery_async"
        title = "Which namespaces does a client have?"
        files = {f"{package}/resources/__init__.py": self._module(title, tree, imports)}
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
        below = {n: _names(n)["class_"] for n in elsewhere}
        guarded = [f"from {package}.resources.{n} import {class_}" for n, class_ in below.items()]
        classes = []
        for namespace in module:
            operations = namespaces.get(namespace, [])
            names = {operation.name for operation in operations}
            classes.append(
                {
                    "own": _names(namespace),
                    "namespace": namespace,
                    "methods": [self._method(o, shadowed="list" in names) for o in operations],
                    "children": [_names(n) for n in children] if "." not in namespace else [],
                }
            )
        template = "sync_namespace.jinja" if blocking else "async_namespace.jinja"
        body = self._render(template, classes=classes, guarded=guarded)
        place, _, name = f"qovery_async.resources.{module[0]}".rpartition(".")
        imports = {"Resource": f"{package}.resource", "Namespace": "qovery_async.namespace"}
        if blocking:
            imports[f"{name} as asynchronous"] = place
        title = f"`client.{module[0]}`{', blocking' if blocking else ''}."
        return self._module(title, body, imports)

    def _method(self, operation: Operation, *, shadowed: bool) -> dict[str, Any]:
        defaulted = operation.path.startswith(_DEFAULTED)
        optional_id = operation.call == "organizations.get"
        path = [p for p in operation.path_parameters if not (defaulted and p.name == "organization_id")]
        positional = [_Argument(p.name, _python(p.type)) for p in path]
        if optional_id:
            positional = [_Argument("organization_id", "str | None", "None")]
        if operation.body:
            positional.append(_body_argument(operation.body.type, required=operation.body.required))
        named = [_query_argument(p) for p in operation.query]
        if defaulted:
            named.append(_Argument("organization_id", "str | None", "None"))
        positional.sort(key=lambda argument: argument.default is not None)
        pager = self.pagers.get(operation.call)
        reader = _reader(operation.answers, pager)
        if shadowed:
            reader = attrs.evolve(reader, returns=reader.returns.replace("list[", "builtins.list["))
        return {
            "operation": operation,
            "positional": positional,
            "named": named,
            "reader": reader,
            "defaulted": defaulted or optional_id,
            "pager": pager,
            "twin": "iterate" if operation.name == "list" else operation.name.replace("list", "iterate", 1),
            "docstring": self.words.method(operation),
            "replaced_by": self.words.replaced_by.get(operation.call),
            "path": _template(operation),
            "query": {p.wire: p.name for p in operation.query},
            "media_type": operation.body.media_type if operation.body else "application/json",
        }


@attrs.frozen
class _Argument:
    name: str
    annotation: str
    default: str | None = None

    @property
    def declared(self) -> str:
        default = f" = {self.default}" if self.default is not None else ""
        return f"{self.name}: {self.annotation}{default}"


@attrs.frozen
class _Reader:
    """How a method reads its answer: the base class's method, its arguments, what comes back."""

    method: str
    arguments: str
    returns: str
    item: str = ""


def _reader(answers: list[Answer], pager: Pager | None) -> _Reader:
    typed = [a for a in answers if a.type]
    json = [a for a in typed if a.media_type == "application/json"]
    if not typed:
        return _Reader("_nothing", "", "None")
    if not json:
        (answer,) = typed
        method = "_bytes" if answer.type == "bytes" else "_text"
        return _Reader(method, f', accept="{answer.media_type}"', "bytes" if answer.type == "bytes" else "str")
    answer = json[0]
    type_ = _python(answer.type or "")
    if pager and pager.style == "next_token":
        item = type_.replace("ResponseList", "Response")
        return _Reader("_page", f', {item}, items="{pager.items}"', f"Page[{item}]", item)
    if answer.paged:
        return _Reader("_page", f", {type_}", f"Page[{type_}]", type_)
    if answer.items:
        return _Reader("_list", f", {type_}", f"list[{type_}]", type_)
    types = list(dict.fromkeys(_python(a.type or "") for a in json))
    types += ["None"] if any(not a.type for a in answers) else []
    joined = " | ".join(types)
    return _Reader("_json", f", {joined}", joined)


def _python(type_: str) -> str:
    """A type expression as code that has `models` in scope."""
    return re.sub(r"\b[A-Z]\w*", lambda m: m[0] if m[0] in ("Any", "None") else f"models.{m[0]}", type_)


def _template(operation: Operation) -> str:
    """The path with its parameters under their Python names."""
    names = {p.wire: p.name for p in operation.path_parameters}
    return re.sub(r"{([^}]*)}", lambda m: f"{{{names[m[1]]}}}", operation.path)


def _query_argument(parameter: Parameter) -> _Argument:
    type_ = _python(parameter.type)
    if parameter.required:
        return _Argument(parameter.name, type_)
    return _Argument(parameter.name, f"{type_} | Unset", "UNSET")


def _body_argument(type_: str, *, required: bool) -> _Argument:
    if type_ == "str":
        annotation = "str"
    elif type_.startswith("dict["):
        annotation = "Mapping[str, object]"
    elif type_.startswith("list["):
        annotation = f"Sequence[{_python(type_[5:-1])} | Mapping[str, object]]"
    else:
        annotation = f"{_python(type_)} | Mapping[str, object]"
    return _Argument("body", annotation if required else f"{annotation} | Unset", None if required else "UNSET")


def _names(namespace: str) -> dict[str, str]:
    top, _, child = namespace.partition(".")
    class_ = f"{pascal(singular(top))}{pascal(child)}" if child else pascal(top)
    return {"attribute": child or top, "module": namespace, "class_": class_, "path": namespace}


def _read_pagers() -> dict[str, Pager]:
    tables = tomllib.loads((_HERE / "pagers.toml").read_text(encoding="utf-8"))
    found: dict[str, Pager] = {}

    def collect(prefix: str, table: dict[str, Any]) -> None:
        if "style" in table:
            found[prefix] = Pager(**table)
            return
        for key, inner in table.items():
            collect(f"{prefix}.{key}" if prefix else key, inner)

    collect("", tables)
    return found
