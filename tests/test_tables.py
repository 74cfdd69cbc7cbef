"""What do notebooks, `rich` and `print` show of a list, a page, a status, a plan and an inventory?"""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any

import pytest
from rich.console import Console

from qovery_async import ConfigurationError, Page, SmallTable, UnknownVariant, from_dict, models, table
from qovery_async.emulator import Emulator
from qovery_sync import Qovery
from tests.support.server import PROJECT, in_thread

HOSTILE = "<script>alert(1)</script>[bold red]x[/]\x1b[31m\r\n\u202e&amp;"


class Cells(HTMLParser):
    """The tags and the texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert attrs == []
        self.tags.add(tag)

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


@pytest.fixture(scope="module")
def client() -> Iterator[Qovery]:
    with in_thread(Emulator(world="demo")) as emulator, Qovery(emulator.token, base_url=emulator.url) as blocking:
        yield blocking


def project(name: str, **more: object) -> models.Project:
    return from_dict(models.Project, {**PROJECT, "name": name, **more})


def printed(value: object, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=False)
    console.print(value)
    output: Any = console.file
    return str(output.getvalue())


def test_a_list_stays_a_list_and_has_a_table(client: Qovery) -> None:
    projects = client.projects.list()
    assert type(projects) is list
    shown = table(projects)
    assert (shown.title, shown.left_out, len(shown.rows)) == ("Project: 4", 0, 4)
    assert (shown.columns[0], "id" in shown.columns) == ("name", True)
    assert [row[0] for row in shown.rows] == [one.name for one in projects]
    lines = str(shown).splitlines()
    assert lines[0] == "Project: 4"
    assert lines[1].startswith("name ")
    assert len(lines) == 6


def test_columns_can_be_named() -> None:
    shown = table([project("shop"), UnknownVariant({"name": "other"})], "name", "organization.id", "created_at")
    assert shown.title == "2 objects"
    assert shown.rows == [("shop", "o1", "2026-01-02 03:04:05+00:00"), ("other", "", "")]
    with pytest.raises(ConfigurationError, match="no item has the attribute 'nmae'; some that there are: name, "):
        table([project("shop")], "nmae")
    assert table([], "name").rows == []
    assert str(table([])) == "0 objects\n"


def test_rows_are_bounded() -> None:
    many = [project(f"p{number}") for number in range(120)]
    shown = table(many)
    assert (len(shown.rows), shown.left_out) == (50, 70)
    assert Cells(shown._repr_html_()).texts[-1] == "and 70 more"
    assert str(shown).endswith("\nand 70 more")
    assert "and 70 more" in printed(shown)
    assert "and 70 more" in Page(many)._repr_html_()
    assert len(Page(many * 100)._repr_html_()) < 20_000


def test_names_are_text_everywhere() -> None:
    for shown in (table([project(HOSTILE)]), project(HOSTILE), Page([project(HOSTILE)])):
        cells = Cells(shown._repr_html_())
        assert cells.tags <= {"table", "caption", "thead", "tbody", "tr", "th", "td", "p"}
        assert any(text.startswith("<script>alert(1)</script>[bold red]x[/]\\x1b[31m") for text in cells.texts)
        for text in (printed(shown, 300), str(shown) if isinstance(shown, SmallTable) else ""):
            assert "\x1b" not in text
            assert "\u202e" not in text
            assert "[bold red]x[/]" in text or not text
    title = SmallTable("<b>[red]\x1b", ["<i>[blue]"], [])
    assert Cells(title._repr_html_()).texts == ["<b>[red]\\x1b", "<i>[blue]"]
    assert "<i>[blue]" in printed(title)


def test_a_cell_is_short() -> None:
    shown = table([project("x" * 1000, description="y" * 1000)], "name", "description")
    assert {len(text) for row in shown.rows for text in row} == {80}


def test_a_status_shows_its_attributes(client: Qovery) -> None:
    environment = client.find.environment("shop/production")
    status = client.environments.get_status(environment.id)
    cells = Cells(status._repr_html_())
    assert cells.texts[:3] == ["EnvironmentStatus", "attribute", "value"]
    assert cells.texts[cells.texts.index("last_deployment_state") + 1] == status.last_deployment_state
    assert "last_deployment_state" in printed(status)


def test_an_inventory_and_a_deployment_show_their_services(client: Qovery) -> None:
    inventory = client.inventory(service_states=True)
    cells = Cells(inventory._repr_html_())
    assert cells.texts[0] == repr(inventory)
    assert cells.texts[1:8] == ["Project", "Environment", "Mode", "Cluster", "Service", "Kind", "State"]
    assert {service.name for service in inventory.services} <= {*cells.texts}
    assert "Environment" in printed(inventory)
    environment = client.find.environment("shop/production")
    snapshot = next(iter(client.deployments.watch(environment.id)))
    texts = Cells(snapshot._repr_html_()).texts
    assert texts[:5] == [str(snapshot), "Service", "Kind", "Stage", "State"]
    assert snapshot.services[0].name in texts
    assert len(table(inventory.services).rows) == len(inventory.services)


def test_a_plan_shows_its_changes_and_notes(client: Qovery) -> None:
    plan = client.variables.plan(client.find.service("shop/production/api"), {"A_LEVEL": "debug"})
    texts = Cells(plan._repr_html_()).texts
    assert texts[1:4] == ["Action", "Variable", "Change"]
    assert texts[4:7] == ["create", "A_LEVEL", '+ A_LEVEL = "debug"']
    assert texts[0] == str(plan).splitlines()[0]
    assert "A_LEVEL" in printed(plan)


def test_rich_is_not_needed() -> None:
    code = (
        "import sys; sys.modules['rich'] = None\n"
        "from qovery_async import from_dict, models, table\n"
        f"one = from_dict(models.Project, {PROJECT!r})\n"
        "print(table([one])); one._repr_html_()\n"
        "assert 'html' in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60, stdout=subprocess.DEVNULL)


def test_nothing_of_it_is_imported_before() -> None:
    code = (
        "import sys, qovery_async, qovery_sync; assert not {'rich', 'qovery_async.tables', 'pydantic'} & {*sys.modules}"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
