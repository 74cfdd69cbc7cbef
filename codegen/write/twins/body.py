"""Which values does the body of a class declare, and how is the class entered?"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import pairwise

from codegen.write.twins.annotations import Reader
from codegen.write.twins.docs import docstring
from codegen.write.twins.index import FUNCTIONS
from codegen.write.twins.plain import elements


def values(class_: ast.ClassDef, reader: Reader) -> tuple[list[str], list[str]]:
    """The declarations of a class: nested namespaces, and values, which become properties."""
    namespaces, properties = [], []
    documented = dict(_documented(class_))
    for name, annotation, value in _declared(class_, reader):
        type_ = reader.result(annotation)
        if type_.calls_back:
            raise reader.no_twin(annotation, f"{name} is a function that is awaited, which has no blocking form")
        if type_.text.startswith("Namespace[") and value is not None:
            namespaces.append(f"    {name}: {type_.text} = {ast.unparse(value)}\n")
        else:
            body = returning(f"self._async.{name}", type_.text, live=type_.live)
            about = docstring(documented[name], "        ") if name in documented else ""
            properties.append(f"    @property\n    def {name}(self) -> {type_.text}:\n{about}{body}")
    return namespaces, properties


def is_entered(class_: ast.ClassDef, reader: Reader) -> bool:
    """Whether a class is an async context manager itself."""
    for node in class_.body:
        if isinstance(node, FUNCTIONS) and node.name == "__aenter__":
            if node.returns is None or not is_self(node.returns, class_, reader):
                raise reader.no_twin(node, "a class that is entered must give itself: `__aenter__` returns Self")
            return True
    return False


def is_self(annotation: ast.expr, class_: ast.ClassDef, reader: Reader) -> bool:
    """Whether an annotation says that an object gives itself."""
    annotation = reader.plain(annotation)
    return reader.source.standard(annotation) == "Self" or ast.unparse(annotation) == class_.name


def returning(value: str, type_: str, *, live: bool, loose: bool = False, variable: str = "found") -> str:
    """The end of a method. `loose`: type checkers take what comes of `value` for Any."""
    value = f"self._twin({value})" if live else value
    if live or loose:
        # Assigned first: what `_twin` gives is typed by what is expected of it.
        return f"        {variable}: {type_} = {value}\n        return {variable}\n"
    return f"        return {value}\n"


def _documented(class_: ast.ClassDef) -> Iterator[tuple[str, str]]:
    """The values that have a string below them."""
    for node, below in pairwise(class_.body):
        match node, below:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, text
            case _:
                pass


def _declared(class_: ast.ClassDef, reader: Reader) -> Iterator[tuple[str, ast.expr, ast.expr | None]]:
    """The public values, with their types; stops at what would be missing from the twin."""
    for node in class_.body:
        match node:
            case ast.AnnAssign(target=ast.Name(id=name), annotation=annotation, value=value):
                if not name.startswith("_"):
                    yield name, _type(name, annotation, reader), value
            case ast.Assign(targets=targets):
                for target in targets:
                    if not isinstance(target, ast.Name) or not target.id.startswith("_"):
                        raise reader.no_twin(node, f"{ast.unparse(target)} has no annotation")
            case ast.ClassDef(name=name):
                if not name.startswith("_"):
                    raise reader.no_twin(node, f"{name} stands in a class: move it to the top of the module")
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Pass() | ast.Expr(value=ast.Constant()):
                pass
            case _:
                raise reader.no_twin(node, "only methods and annotated values are understood in a class with a twin")


def _type(name: str, annotation: ast.expr, reader: Reader) -> ast.expr:
    """The type of a value, without `ClassVar` and `Final`."""
    annotation = reader.plain(annotation)
    while isinstance(annotation, ast.Subscript) and reader.source.standard(annotation.value) in ("ClassVar", "Final"):
        annotation = elements(annotation.slice)[0]
    if reader.source.standard(annotation) in ("ClassVar", "Final"):
        raise reader.no_twin(annotation, f"say the type of {name}: {ast.unparse(annotation)}[...]")
    return annotation
