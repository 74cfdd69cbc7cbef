"""How is a method written where it is called: its signature, and an example of it in both faces?"""

from __future__ import annotations

import ast
import inspect
import re

import attrs

from codegen.decisions.named import Api, Operation
from codegen.facts import EnumSchema
from codegen.site.faces import Method
from codegen.site.least_bodies import LeastBodies, literal
from codegen.spelling import plural, snake

_WIDTH = 88
_CLIENTS = ("AsyncQovery", "Qovery")
# What parameters of capabilities have in an example. Others stand for themselves.
_VALUES = {
    "action": '"deploy"',
    "calls": "client.projects.list, client.clusters.list",
    "command": '["ls", "-l"]',
    "desired": '{"LOG_LEVEL": "debug"}',
    "function": "client.environments.get_statuses",
    "items": "environment_ids",
    "mode": '"clone"',
    "params": "organization=organization_id, cluster=cluster_id",
    "path": '"/cluster/status"',
    "remote_port": "5432",
    "streams": '{"api": client.streams.service_logs(service_id)}',
    "timeout": "600",
}


@attrs.frozen
class Calls:
    """Calls of the methods of a client."""

    api: Api

    def example(self, path: str, method: Method) -> list[str]:
        """The same call on an `AsyncQovery` and on a `Qovery`."""
        name, arguments = f"client.{_dotted(path, method)}", self._arguments(path, method)
        got = _result(method)
        lines = [_call(f"{got}{before}{name}", arguments) for before in (method.awaits, method.blocks)]
        if method.form == "entered":
            lines = [f"{line} as {_noun(method)}" for line in lines]
        if method.form in ("entered", "iterated"):
            lines = [f"{line}:\n    ..." for line in lines]
        return lines if lines[0] != lines[1] else lines[:1]

    def block(self, path: str, method: Method) -> str:
        """The example as a block of code that says which line is for which client."""
        lines = self.example(path, method)
        if len(lines) == 1:
            return lines[0]
        width = max(map(len, lines))
        if width + 15 > _WIDTH or any("\n" in line for line in lines):
            return "\n\n".join(f"# {client}\n{line}" for client, line in zip(_CLIENTS, lines, strict=True))
        return "\n".join(f"{line:{width}}  # {client}" for client, line in zip(_CLIENTS, lines, strict=True))

    def operation(self, operation: Operation) -> str:
        """An operation as it is written in the index, without its optional arguments."""
        names = [p.name for p in operation.path_parameters]
        if operation.path.startswith("/organization/{organizationId}/") or operation.call == "organizations.get":
            names.remove("organization_id")
        names += ["body"] if operation.body and operation.body.required else []
        names += [f"{p.name}=..." for p in operation.query if p.required]
        return f"client.{operation.call}({', '.join(names)})"

    def _arguments(self, path: str, method: Method) -> list[str]:
        needed = [
            p for p in method.parameters if p.default is p.empty and p.kind not in (p.VAR_KEYWORD, p.VAR_POSITIONAL)
        ]
        written = [self._argument(path, method, parameter) for parameter in needed]
        if method.name.startswith("patch") and (update := self.api.calls.get(f"{path}.update")):
            changes = LeastBodies(self.api).change(update.body.type if update.body else "")
            as_keywords = all(key.isidentifier() for key in changes)
            written += [f"{key}={literal(value)}" for key, value in changes.items() if as_keywords]
            written += [] if as_keywords else [literal(changes)]
        starred = [p.name for p in method.parameters if p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        return [*written, *(_VALUES[name] for name in starred if name in _VALUES)]

    def _argument(self, path: str, method: Method, parameter: inspect.Parameter) -> str:
        value = parameter.name
        operation = self.api.calls.get(f"{path}.{method.name}")
        if operation and operation.body and parameter.name == "body":
            return literal(LeastBodies(self.api).of(operation.body.type))
        if operation:
            types = {p.name: p.type for p in (*operation.path_parameters, *operation.query)}
            enum = self.api.schemas.get(types[value])
            value = literal(enum.values[0]) if isinstance(enum, EnumSchema) else value
        else:
            value = _VALUES.get(value, value)
        return f"{parameter.name}={value}" if parameter.kind is inspect.Parameter.KEYWORD_ONLY else value


def _call(name: str, arguments: list[str]) -> str:
    """A call on one line, or with a line for each argument."""
    flat = f"{name}({', '.join(arguments)})"
    if len(flat) <= _WIDTH:
        return flat
    return "\n".join([f"{name}(", *(f"    {_wrapped(argument)}," for argument in arguments), ")"])


def _wrapped(argument: str) -> str:
    """A mapping that is long has a line for each key."""
    if len(argument) <= _WIDTH - 10 or not argument.startswith("{"):
        return argument
    pairs = ast.literal_eval(argument).items()
    return "\n".join(["{", *(f"        {literal(key)}: {literal(value)}," for key, value in pairs), "    }"])


def signature(path: str, method: Method) -> str:
    """The method with the types of its parameters and of what it returns, as one reads it."""
    return written(f"client.{_dotted(path, method)}", method)


def written(name: str, method: Method) -> str:
    """A call of that name with all its parameters, one a line if they are many."""
    parts = list[str]()
    starred = False
    for parameter in method.parameters:
        if parameter.kind is parameter.KEYWORD_ONLY and not starred:
            parts.append("*")
            starred = True
        starred = starred or parameter.kind is parameter.VAR_POSITIONAL
        parts.append(declared(parameter))
        if parameter.kind is parameter.POSITIONAL_ONLY and parameter is _last_positional(method):
            parts.append("/")
    head = f"{method.awaits}{name}"
    returned = spelled(method.signature.return_annotation)
    tail = "" if method.name == "__init__" else f" -> {returned}"
    flat = f"{head}({', '.join(parts)}){tail}"
    if len(flat) <= _WIDTH:
        return flat
    return "\n".join([f"{head}(", *(f"    {part}," for part in parts), f"){tail}"])


def declared(parameter: inspect.Parameter) -> str:
    stars = "**" if parameter.kind is parameter.VAR_KEYWORD else "*" * (parameter.kind is parameter.VAR_POSITIONAL)
    type_ = "" if parameter.annotation is parameter.empty else f": {spelled(parameter.annotation)}"
    default = "" if parameter.default is parameter.empty else f" = {spelled_value(parameter.default)}"
    return f"{stars}{parameter.name}{type_}{default}"


def spelled(annotation: object) -> str:
    """An annotation as it is written, whether it is text or has been read."""
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"\b(?:[a-z_]\w*\.)+(?=[A-Z])(?<!models\.)(?<!bodies\.)", "", text)
    text = re.sub(r"Union\[([^\[\]]*(?:\[[^\]]*\])?[^\[\]]*)\]", lambda u: re.sub(r", (?![^\[]*\])", " | ", u[1]), text)
    return text.replace("builtins.", "").replace("NoneType", "None")


def spelled_value(value: object) -> str:
    return repr(value) if not isinstance(value, str) else f'"{value}"'


def _dotted(path: str, method: Method) -> str:
    return ".".join(filter(None, [path, method.name]))


def _last_positional(method: Method) -> inspect.Parameter:
    return [p for p in method.parameters if p.kind is p.POSITIONAL_ONLY][-1]


def _result(method: Method) -> str:
    """The name that takes what comes back, if anything does."""
    nothing = method.form in ("entered", "iterated") or str(method.signature.return_annotation) == "None"
    return "" if nothing else f"{_noun(method)} = "


def _noun(method: Method) -> str:
    """What the result may be called: `applications` for a list of them."""
    returned = re.sub(r"models\.|^Async(Generator|Iterator)\[", "", spelled(method.signature.return_annotation))
    found = re.search(r"[A-Z]\w*", returned.replace("Page[", "list["))
    if not found or found[0] in ("Any", "None") or len(found[0]) <= 2:
        return "text" if returned == "str" else "result"
    noun = snake(re.sub(r"(Response|Enum|Handle)$", "", found[0])) or "response"
    noun = f"{noun}_" if noun in ("list", "service_") else noun
    return plural(noun) if re.match(r"(list|Page)\[", returned) else noun
