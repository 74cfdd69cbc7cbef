"""How does a notebook, or `rich`, show what comes back: as a small table in which nothing is markup?

`table(items)` makes one of a list, whose own type is left as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from html import escape
from operator import attrgetter
from typing import TYPE_CHECKING, Any, cast

from qovery_async.errors import ConfigurationError
from qovery_async.secrecy.masking import MASK, masked, secret_keys, without_passwords
from qovery_async.secrecy.printable import one_line
from qovery_async.vocabulary import UNSET, Model, UnknownVariant
from qovery_async.vocabulary.definition import COMMON
from qovery_async.vocabulary.displayed import Plain, hidden_attributes

if TYPE_CHECKING:
    from rich.table import Table as RichTable

LIMIT = 50
"""The rows that are shown."""

_WIDTH = 80
"""The characters of a cell that are shown."""
_BESIDE = ("key", "name", "is_secret")
_FEW = 3
"""The items of a list that a cell shows."""
_MOST_COLUMNS = 6
_TELLING = (
    "name", "key", "value", "service_type", "kind", "type", "state", "last_deployment_state", "mode", "status", "region",
    "cloud_provider", "role_name", "email", "created_at", "id",
)  # fmt: skip
"""The attributes that become columns unless others are given, as far as the items have them."""


class SmallTable:
    """Rows of short texts. A notebook shows it as HTML, `rich` as its own table, `print` as text."""

    def __init__(
        self, title: str, columns: Sequence[str], rows: Iterable[Sequence[object]], limit: int = LIMIT
    ) -> None:
        """Takes the rows up to `limit`, and counts the others."""
        self.title = one_line(title)
        self.columns = tuple(map(one_line, columns))
        self.rows: list[tuple[str, ...]] = []
        self.left_out = 0
        for row in rows:
            if len(self.rows) < limit:
                self.rows.append(tuple(map(cell, row)))
            else:
                self.left_out += 1

    def __repr__(self) -> str:
        return f"<SmallTable: {self.title}, {len(self.rows) + self.left_out} rows>"

    def __str__(self) -> str:
        lines = [self.columns, *self.rows]
        widths = [max(len(line[at]) for line in lines) for at in range(len(self.columns))]
        texts = [
            "  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in lines
        ]
        return "\n".join([self.title, *texts, *self._more()])

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        body = "".join(f"<tr>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>" for row in self.rows)
        more = "".join(f"<p>{escape(line)}</p>" for line in self._more())
        caption = f"<caption>{escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{more}"

    def __rich__(self) -> RichTable:
        """Only `rich` calls it, so it is there."""
        from rich.table import Table as RichTable
        from rich.text import Text

        # As `Text`, so that no name is markup.
        caption = Text("\n".join(self._more())) if self.left_out else None
        made = RichTable(title=Text(self.title), caption=caption)
        for column in self.columns:
            made.add_column(Text(column))
        for row in self.rows:
            made.add_row(*map(Text, row))
        return made

    def _more(self) -> list[str]:
        return [f"and {self.left_out} more"] if self.left_out else []


def table(items: Iterable[Any], *columns: str, limit: int = LIMIT) -> SmallTable:
    """A table of models, handles, or nodes of an inventory, for a notebook, `rich` or `print`.

    Secrets are masked, control characters escaped, long texts cut.

    Args:
        items: What a list, a page or an iteration has. It may hold objects of several kinds.
        columns: Attributes, such as `"name"` or `"environment.id"`. Default: the most telling ones.
        limit: The most rows; how many more there are stands below.

    Raises:
        ConfigurationError: no item has one of the columns.
    """
    rows = [*items]
    names = columns or _chosen(rows[:limit])
    for name in columns:
        if rows and all(_value(item, name) is _MISSING for item in rows):
            raise ConfigurationError(
                f"no item has the attribute {name!r}; some that there are: {', '.join(_chosen(rows))}"
            )
    kinds = {type(item).__name__ for item in rows}
    title = f"{kinds.pop()}: {len(rows)}" if len(kinds) == 1 else f"{len(rows)} objects"
    return SmallTable(title, names, ([_value(item, name) for name in names] for item in rows), limit)


def cell(value: object) -> str:
    """A value on one line, with nothing that a terminal or a page would obey, and without its secrets."""
    if value is None or value is UNSET or value is _MISSING:
        return ""
    if isinstance(value, str):
        # A `SecretText` shows its stars; an enum is its value.
        return MASK if repr(value) == MASK else one_line(without_passwords(str.__str__(value)), _WIDTH)
    if isinstance(value, Plain):
        return one_line(repr(value))
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if (items := _items(value)) is not None and len(items) > _FEW:
        return f"{len(items)} items"
    named = getattr(value, "name", None) if isinstance(value, Model) else None
    return one_line(named if isinstance(named, str) else masked(value), _WIDTH)


def _items(value: object) -> Sequence[object] | None:
    return cast("Sequence[object]", value) if isinstance(value, (list, tuple)) else None


class _Missing:
    """An attribute that an item does not have."""


_MISSING = _Missing()


def _value(item: Any, name: str) -> object:
    *path, last = name.split(".")
    try:
        holder: Any = attrgetter(".".join(path))(item) if path else item
        value: object = getattr(holder, last)
    except AttributeError:
        return _MISSING
    return MASK if last in _hidden(holder, last, value) else value


def _hidden(holder: Any, name: str, value: object) -> set[object]:
    """The attributes that are secret, by what is known of the class or by their names and what stands beside them."""
    if isinstance(holder, Model):
        return hidden_attributes(holder)
    if isinstance(holder, UnknownVariant):
        return secret_keys(holder.raw)
    return secret_keys({**{beside: getattr(holder, beside, None) for beside in _BESIDE}, name: value})


def _chosen(items: Sequence[Any]) -> tuple[str, ...]:
    telling = [name for name in _TELLING if any(_is_short(_value(item, name)) for item in items)]
    own = [(item, field.name) for item in items[:1] for field in getattr(cast("object", item), "__attrs_attrs__", ())]
    others = [name for item, name in own if name not in (*telling, *COMMON) and _is_short(_value(item, name))]
    if len(telling) > _MOST_COLUMNS:
        telling = [*telling[: _MOST_COLUMNS - 1], telling[-1]]  # ids come last
    return tuple([*telling, *others][: max(len(telling), _MOST_COLUMNS)])


def _is_short(value: object) -> bool:
    return isinstance(value, (str, int, float, datetime))
